"""Everything that reads the code: style, contracts, types, migrations, production settings, known dangers.

python .ci/check.py          all checks; the exit code is 1 when one fails
python .ci/check.py --fix    mend what can be mended
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
BIN = HOME / ".venv/bin"
CODE = ["compliance", "patients", "scheduling", "correspondence", "insurance", "secretary_portal"]
sys.path.insert(0, str(HOME))

from secretary_portal import embedded  # noqa: E402
from secretary_portal.processes import Trouble  # noqa: E402

TEMPLATES = [str(path.relative_to(HOME)) for path in sorted((HOME / "templates").rglob("*.html"))]
DJADE = [str(BIN / "djade"), "--target-version", "5.2"]
MANAGE = [str(BIN / "python"), "manage.py"]

CHECKS: dict[str, list[str]] = {
    "style": [str(BIN / "ruff"), "check", "."],
    "layout": [str(BIN / "ruff"), "format", "--check", "."],
    "templates": [*DJADE, "--check", *TEMPLATES],
    "import contracts": [str(BIN / "lint-imports")],
    "types": [str(BIN / "mypy"), *CODE],
    "dangers": [str(BIN / "bandit"), "--quiet", "-c", "pyproject.toml", "-r", *CODE, ".ci"],
    "production settings": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "models and migrations agree": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "migrations are safe": [*MANAGE, "lintmigrations"],
}
FIXES: dict[str, list[str]] = {
    "style": [str(BIN / "ruff"), "check", "--fix", "."],
    "layout": [str(BIN / "ruff"), "format", "."],
    "templates": [*DJADE, *TEMPLATES],
}
WITH_PRODUCTION_SETTINGS = {"production settings"}


def main() -> int:
    """Run each and tell at the end which failed."""
    steps = FIXES if "--fix" in sys.argv else CHECKS
    with tempfile.TemporaryDirectory() as private:
        try:
            servers = embedded.start(HOME / "var/check", fast=True) if steps is CHECKS else None
        except Trouble as trouble:
            print(trouble)
            return 1
        try:
            failed = [name for name in steps if not passes(name, steps[name], environment(name, servers, private))]
        finally:
            if servers:
                servers.stop()
    print(f"\n{len(steps) - len(failed)} of {len(steps)} pass." + (f" Failed: {', '.join(failed)}." if failed else ""))
    return 1 if failed else 0


def passes(name: str, command: list[str], variables: dict[str, str]) -> bool:
    """Run one check; what it says is shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(command, cwd=HOME, env=variables, capture_output=True, text=True, check=False)
    print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def environment(name: str, servers: embedded.Servers | None, private: str) -> dict[str, str]:
    """The variables of one check: those of the tests, or whole production settings."""
    found = dict(os.environ) | (servers.environment() if servers else {})
    if name not in WITH_PRODUCTION_SETTINGS:
        return found | {"DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test"}
    return found | {
        "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.prod",
        "SECRET_KEY": "Only looked at, never used: " + os.urandom(32).hex(),
        "KEY_RING": str(Path(private) / "ring.json"),
        "AUDIT_ROOTS": str(Path(private) / "roots"),
        "AUDIT_TAIL": str(Path(private) / "tail"),
        "ALLOWED_HOSTS": "portal.example",
        "ORIGIN": "https://portal.example",
    }


if __name__ == "__main__":
    sys.exit(main())
