"""Variables of the environment: read in one place, told in README.md, demanded by production."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from secretary_portal.settings import environment

HOME = Path(__file__).resolve().parent.parent.parent
APPS = ("compliance", "patients", "scheduling", "correspondence", "insurance", "secretary_portal")
READ_HERE = "secretary_portal/settings/environment.py"
PROCESSES = {  # these hand an environment on to a child, or name the settings
    "manage.py",
    "secretary_portal/asgi.py",
    "secretary_portal/celery.py",
    "secretary_portal/wsgi.py",
    "secretary_portal/contingency/tools.py",
    "secretary_portal/embedded.py",
    "secretary_portal/demo/house.py",
    "scheduling/outside.py",
}
WHOLE = {
    "SECRET_KEY": "s" * 60,
    "DATABASE_URL": "postgresql://portal_app@localhost/portal",
    "REDIS_URL": "redis://localhost:6379/0",
    "KEY_RING": "/nowhere/ring.json",
    "AUDIT_ROOTS": "/nowhere/roots",
    "AUDIT_TAIL": "/nowhere/tail",
    "ALLOWED_HOSTS": "portal.example",
}


def production(without: str = "", show: str = "1", **more: str) -> subprocess.CompletedProcess[str]:
    """Start Python with production settings and print one of them."""
    variables = {name: value for name, value in (WHOLE | more).items() if name != without}
    code = f"from secretary_portal.settings import prod; print({show})"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, env={"PATH": os.environ["PATH"], **variables}, capture_output=True, text=True
    )


def test_environment_is_read_in_one_place():
    files = [*HOME.glob("*.py"), *(file for app in APPS for file in (HOME / app).rglob("*.py"))]
    reading = re.compile(r"os\.environ|os\.getenv|Env\(\)")
    readers = {str(file.relative_to(HOME)) for file in files if reading.search(file.read_text())}

    assert readers - PROCESSES == {READ_HERE}


def test_readme_tells_every_variable():
    tree = ast.parse((HOME / READ_HERE).read_text())
    names = {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets} - {
        "env",
        "REQUIRED",
    }
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \|", (HOME / "README.md").read_text(), re.MULTILINE)

    assert dict(rows) == {name: "yes" if name in environment.REQUIRED else "no" for name in names}


def test_production_starts_with_everything():
    assert production().returncode == 0


@pytest.mark.parametrize("name", environment.REQUIRED)
def test_production_refuses_to_start_without(name):
    done = production(without=name)

    assert done.returncode != 0
    assert f"Set {name} first" in done.stderr


def test_production_reads_a_secret_from_a_file(tmp_path):
    (tmp_path / "secret").write_text("from a file\n")

    done = production(without="SECRET_KEY", show="prod.SECRET_KEY", SECRET_KEY_FILE=str(tmp_path / "secret"))

    assert done.stdout == "from a file\n"


def test_production_cookies_belong_to_one_host():
    done = production(show="prod.SESSION_COOKIE_NAME, prod.CSRF_COOKIE_NAME, prod.SESSION_COOKIE_SECURE")

    assert done.stdout == "__Host-sid __Host-csrf True\n"


def test_cookie_that_another_host_could_set_is_refused():
    with pytest.raises(ImproperlyConfigured, match="__Host-sid"):
        environment.host_only("sid")


def test_forwarded_protocol_counts_only_behind_a_proxy():
    show = "getattr(prod, 'SECURE_PROXY_SSL_HEADER', None)"

    assert production(show=show).stdout == "None\n"
    assert production(show=show, TRUSTED_PROXIES="1").stdout == "('HTTP_X_FORWARDED_PROTO', 'https')\n"


def test_pool_is_used_when_asked_for():
    done = production(show="prod.DATABASES['default']['OPTIONS']['pool']['max_size']", DATABASE_POOL="8")

    assert done.stdout == "8\n"


@pytest.mark.parametrize("name", ["base", "dev", "test", "prod"])
def test_no_other_settings_install_the_demo(name):
    code = f"""if True:
        from secretary_portal.settings import {name} as settings
        print(settings.DEMO, settings.ROOT_URLCONF, [app for app in settings.INSTALLED_APPS if "demo" in app])"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, env={"PATH": os.environ["PATH"], **WHOLE}, capture_output=True, text=True
    )

    assert done.stdout == "False secretary_portal.urls []\n"


TEXTS = {
    "TEXT_GATEWAY": "https://gateway.example/messages",
    "TEXT_GATEWAY_KEY": "k",
    "TEXT_GATEWAY_BAA": "yes",
    "TEXT_SENDER": "+16085550100",
    "TEXT_WEBHOOK_SECRET": "s",
}


def test_texts_are_a_channel_when_all_of_it_is_set():
    assert production(show="'text' in prod.CHANNELS", **TEXTS).stdout == "True\n"


def test_without_a_gateway_there_are_no_texts():
    assert production(show="'text' in prod.CHANNELS").stdout == "False\n"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TEXT_GATEWAY_BAA", "", "sign a business associate agreement"),
        ("TEXT_WEBHOOK_SECRET", "", "Set TEXT_WEBHOOK_SECRET with TEXT_GATEWAY"),
        ("TEXT_GATEWAY", "http://gateway.example/", "must begin with https://"),
    ],
)
def test_half_a_text_gateway_is_refused_at_the_start(name, value, said):
    done = production(**TEXTS | {name: value})

    assert (done.returncode != 0, said in done.stderr) == (True, True)
