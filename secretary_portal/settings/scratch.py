from .base import *
SECRET_KEY="x"*50
DEBUG=True
TEMPLATES[0]["OPTIONS"]["builtins"]=[]
import os
DATABASES={"default": env.db("DATABASE_URL", default="postgresql://portal_app@/portal?host=/tmp/pg/data")}
KEY_RING=Path("/tmp/pg/ring.json")
DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]
