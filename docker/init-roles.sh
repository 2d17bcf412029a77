#!/usr/bin/env bash
# Run once by the database's image: three roles, none a superuser, and the portal's database.
set -euo pipefail

secret() { cat "/run/secrets/$1"; }

psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner="$(secret owner_password)" --set app="$(secret app_password)" --set backup="$(secret backup_password)" <<'SQL'
CREATE ROLE portal_owner LOGIN PASSWORD :'owner';
CREATE ROLE portal_app LOGIN PASSWORD :'app';
CREATE ROLE portal_backup LOGIN BYPASSRLS PASSWORD :'backup';
GRANT pg_read_all_data TO portal_backup;
ALTER ROLE portal_backup SET default_transaction_read_only = on;
CREATE DATABASE portal OWNER portal_owner;
REVOKE TEMPORARY ON DATABASE portal FROM PUBLIC;
SQL
