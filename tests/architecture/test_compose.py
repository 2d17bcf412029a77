"""The compose file against the settings: there is no Docker engine here to run it."""

import re
from pathlib import Path

import pytest
import yaml

from secretary_portal import embedded
from secretary_portal.settings import environment

HOME = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((HOME / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
PORTAL = {name: service for name, service in SERVICES.items() if service.get("image") == "secretary-portal"}
ONE_SHOT = {"migrate": "runs once and ends; the others wait for its success"}
READ = {name for name in vars(environment) if name.isupper()}


def variables(service: dict) -> set[str]:
    """The names that a service sets, `NAME_FILE` counted as `NAME`."""
    return {name.removesuffix("_FILE") for name in service["environment"]}


def test_portal_runs_as_web_worker_clock_migrate_and_backup():
    assert set(PORTAL) == {"web", "worker", "clock", "migrate", "backup"}


@pytest.mark.parametrize("name", PORTAL)
def test_every_variable_that_is_set_is_read(name):
    assert variables(PORTAL[name]) - READ == set()


@pytest.mark.parametrize("name", PORTAL)
def test_every_required_variable_is_set(name):
    assert set(environment.REQUIRED) - variables(PORTAL[name]) == set()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_stays_has_a_health_check(name):
    assert ("healthcheck" in SERVICES[name]) != (name in ONE_SHOT)


@pytest.mark.parametrize("name", SERVICES)
def test_every_secret_that_is_mentioned_is_handed_over(name):
    text = yaml.safe_dump(SERVICES[name])

    mentioned = set(re.findall(r"/run/secrets/(\w+)", text))

    assert mentioned <= set(SERVICES[name].get("secrets", []))


def test_every_secret_is_a_file_that_the_script_makes():
    script = (HOME / "docker/make-secrets.sh").read_text()

    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == {
        f"docker/secrets/{name}" for name in COMPOSE["secrets"]
    }
    assert [name for name in COMPOSE["secrets"] if name not in script] == []


def test_no_password_stands_in_the_file():
    values = [str(value) for service in SERVICES.values() for value in service.get("environment", {}).values()]

    assert [value for value in values if "@" in value and "://" in value] == []


def test_only_migrate_works_as_the_owner_of_the_tables():
    owners = [name for name, service in SERVICES.items() if "owner_database_url" in service.get("secrets", [])]

    assert owners == ["migrate"]


def test_the_backup_works_as_its_own_role_and_has_no_key_that_opens():
    backup = SERVICES["backup"]

    assert [name for name in SERVICES if "backup_database_url" in SERVICES[name].get("secrets", [])] == ["backup"]
    assert backup["secrets"] == ["backup_database_url"]
    assert "postgresql://portal_backup:" in (HOME / "docker/make-secrets.sh").read_text()


def test_the_backup_lies_on_a_volume_of_its_own_and_is_noted_beside_the_roots():
    backups = [name for name in PORTAL if "backups:/backups" in PORTAL[name]["volumes"]]
    roots = [name for name in PORTAL if "audit-roots:/audit/roots" in PORTAL[name]["volumes"]]

    assert (backups, sorted(roots)) == (["backup"], sorted(PORTAL))
    assert {"backups", "downtime"} <= set(COMPOSE["volumes"])


def test_every_folder_of_a_volume_belongs_to_the_portals_user_in_the_image():
    folders = {volume.partition(":")[2] for service in PORTAL.values() for volume in service["volumes"]}
    made = (HOME / "Dockerfile").read_text()

    assert [folder for folder in sorted(folders) if folder not in made] == []


def test_roles_are_no_superusers():
    script = (HOME / "docker/init-roles.sh").read_text()

    assert re.findall(r"CREATE ROLE (\w+)", script) == ["portal_owner", "portal_app", "portal_backup"]
    assert "SUPERUSER" not in script


def test_ports_are_open_on_this_machine_only():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_database_logs_as_little_as_the_embedded_one():
    assert dict(re.findall(r"-c (\w+)=(\w+)", SERVICES["postgres"]["command"])) == embedded.QUIET
