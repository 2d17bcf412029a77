#!/usr/bin/env bash
# Make the files that docker-compose.yml hands to the services; never replaces one. Run as root, so that the key ring
# can be given to the portal's user in the container (10001), who alone may read it.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

random() { python3 -c 'import secrets; print(secrets.token_urlsafe(36), end="")'; }
keep() { [ -e "secrets/$1" ] || printf '%s' "$2" > "secrets/$1"; }

for name in postgres_password owner_password app_password backup_password redis_password secret_key; do
    keep "$name" "$(random)"
done
keep owner_database_url "postgresql://portal_owner:$(cat secrets/owner_password)@postgres:5432/portal"
keep database_url "postgresql://portal_app:$(cat secrets/app_password)@postgres:5432/portal"
keep backup_database_url "postgresql://portal_backup:$(cat secrets/backup_password)@postgres:5432/portal"
keep redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
keep key_ring "$(python3 - <<'RING'
import base64, json, secrets
kinds = ("wrapping", "index", "context", "audit", "signing")
keys = {kind: {"1": base64.b64encode(secrets.token_bytes(32)).decode()} for kind in kinds}
print(json.dumps({"portal": "key ring", "keys": keys}, indent=1))
RING
)"

# Inside a container the others are read by several users; outside nobody passes the folder.
chmod 0444 secrets/*
chmod 0400 secrets/key_ring
chown 10001:10001 secrets/key_ring || { echo "Run this as root: the key ring must belong to user 10001." >&2; exit 1; }
echo "docker/secrets is ready. Keep a copy of key_ring apart from every backup of the database: without it nothing can be read."
