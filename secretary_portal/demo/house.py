"""The demo's house: servers, web, worker, clock and mail under one foreground process."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from secretary_portal import embedded, leftovers, processes
from secretary_portal.demo import doors
from secretary_portal.processes import Trouble

HOME = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable


@dataclass(frozen=True)
class Places:
    """Where the demo keeps what. As root the database opens the way to its data for others, so keys and mail lie apart."""

    var: Path = HOME / "var"

    @property
    def data(self) -> Path:
        """Servers, logs, links."""
        return self.var / "demo"

    @property
    def private(self) -> Path:
        """Keys and mail, mode 0700."""
        return self.var / "private/demo"


class Ended(Exception):
    """Somebody asked the demo to end."""


def run(at: Places) -> int:
    """Start everything, print the links, stay until asked to end. Raises Trouble."""
    began = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _asked)
    with ExitStack() as stack:
        try:
            children = _open(stack, at, port=_port(), began=began)
            while True:
                _all_alive(at, children)
                time.sleep(0.5)
        except Ended:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            print("\nEnding …", flush=True)
    print("Everything has ended. The data is kept; make demo goes on with it, make demo-reset starts over.", flush=True)
    return 0


def reset(at: Places) -> int:
    """Throw the demo's data away. Raises Trouble while it runs."""
    with leftovers.only_one(at.data), leftovers.only_one(at.data / "servers"):
        leftovers.clear_postgres(at.data / "servers/postgres")
    for directory in (at.data, at.private):
        shutil.rmtree(directory, ignore_errors=True)
    print("The demo's data is gone. Start it anew: make demo", flush=True)
    return 0


def _open(stack: ExitStack, at: Places, *, port: int, began: float) -> dict[str, subprocess.Popen[bytes]]:
    with step("Looking around"):
        processes.room(at.data, megabytes=500)
        stack.enter_context(leftovers.only_one(at.data))
        leftovers.clear_noted(at.data / "children.json")
        binds = processes.loopbacks(port)
        at.private.mkdir(parents=True, exist_ok=True)
        for folder in (at.private.parent, at.private):
            folder.chmod(0o700)
        secrets = doors.keep(at.private)
    with step("Starting PostgreSQL and Redis"):
        servers = embedded.start(at.data / "servers")
        stack.callback(servers.stop)
    mail_port = processes.free_port()
    settings = _settings(at, secrets, port=port, mail_port=mail_port)
    with step("Bringing the tables up to date"):
        _manage("settle_demo", settings | servers.environment(role=embedded.OWNER))
    settings |= servers.environment()
    with step("Loading practices, people and files"):
        _manage("load_demo", settings)
    with step("Starting web, worker, clock and mail"):
        children = {name: _child(at, name, command, settings) for name, command in _commands(at, binds, mail_port).items()}
        stack.callback(lambda: processes.end(children.values()))
        leftovers.note(at.data / "children.json", [process.pid for process in children.values()])
        processes.wait_for(
            lambda: _ready(port),
            seconds=60,
            trouble=f"The portal does not get ready. {at.data / 'web.log'} says why.",
            alive=lambda: _all_alive(at, children),
        )
    _print_links(at, secrets, port=port, seconds=time.monotonic() - began)
    return children


def _settings(at: Places, secrets: dict[str, str], *, port: int, mail_port: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")},
        "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.demo",
        "SECRET_KEY": secrets["secret_key"],
        "KEY_RING": str(at.private / "ring.json"),
        "AUDIT_ROOTS": str(at.private / "audit/roots"),
        "AUDIT_TAIL": str(at.private / "audit/tail"),
        "DEMO_DIRECTORY": str(at.private),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DEFAULT_FROM_EMAIL": "reminders@portal.example",
        "ORIGIN": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def _commands(at: Places, binds: list[str], mail_port: int) -> dict[str, list[str]]:
    celery = [PYTHON, "-m", "celery", "-A", "secretary_portal.celery"]
    web = [PYTHON, "-m", "gunicorn", "secretary_portal.wsgi", "--config", "python:secretary_portal.web_server"]
    schedule = at.data / "beat"
    for old in at.data.glob("beat*"):
        old.unlink()
    return {
        "mail": [PYTHON, "-m", "secretary_portal.demo.mail_sink", str(mail_port), str(at.private / "mail")],
        "web": [*web, "--no-control-socket", *(part for bind in binds for part in ("--bind", bind))],
        "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"],
        "clock": [*celery, "beat", "--schedule", str(schedule), "--pidfile", ""],
        "days": [PYTHON, str(HOME / "manage.py"), "load_demo", "--around"],
    }


def _child(at: Places, name: str, command: list[str], settings: dict[str, str]) -> subprocess.Popen[bytes]:
    with (at.data / f"{name}.log").open("ab") as log:
        return processes.start(command, environment=settings, output=log, cwd=HOME)


def _manage(command: str, settings: dict[str, str]) -> None:
    done = subprocess.run(
        [PYTHON, str(HOME / "manage.py"), command], env=settings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Trouble(f"{command} failed: {said[-1] if said else 'it said nothing'}\nTo start over: make demo-reset")


def _all_alive(at: Places, children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in children.items():
        if process.poll() is not None and (name, process.returncode) != ("days", 0):
            raise Trouble(f"The {name} process ended by itself. {at.data / f'{name}.log'} says why.")


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:  # nosec B310
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _port() -> int:
    given = os.environ.get("PORT", "") or "8000"
    if not given.isdigit() or not 1 <= int(given) <= 65535:
        raise Trouble(f"PORT={given} is no port. Choose a number, like PORT=8001 make demo")
    return int(given)


def _print_links(at: Places, secrets: dict[str, str], *, port: int, seconds: float) -> None:
    links = {kind: f"http://localhost:{port}/demo/sign-in/{secrets[kind]}/" for kind in doors.PEOPLE}
    kept = at.data / "sign-in.json"
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(links, indent=1) + "\n")
    print(f"\nThe portal is ready after {seconds:.1f} s. Sign in as\n", flush=True)
    for kind, link in links.items():
        print(f"  {kind:<10} {link}", flush=True)
    print(f"\nMail that was sent: http://localhost:{port}/demo/mail/\nEnd with Ctrl-C.", flush=True)


def _asked(*_: object) -> None:
    raise Ended


@contextmanager
def step(name: str, say: Callable[..., None] = print) -> Iterator[None]:
    """One line for what is being done, ended by how long it took."""
    began = time.monotonic()
    say(f"{name} … ", end="", flush=True)
    yield
    say(f"{time.monotonic() - began:.1f} s", flush=True)
