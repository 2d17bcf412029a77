"""Make .venv hold exactly what requirements/ lock. Needs nothing but Python 3.11; does nothing when nothing changed.

python3 .ci/set_up.py
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
VENV = HOME / ".venv"
STAMP = VENV / "portal-stamp"
LOCKS = [HOME / "requirements" / f"{name}.txt" for name in ("setup", "base", "embedded", "dev")]


def main() -> int:
    """Answers 1 with a sentence when it cannot be done."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is what an older Python is told by)
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Choose another: make PYTHON=python3.12 …")
        return 1
    wanted = wanted_stamp()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    print("Setting up .venv with the locked requirements …", flush=True)
    (HOME / "build").mkdir(exist_ok=True)
    try:
        install()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"\nThe requirements could not be installed ({type(error).__name__}; what was tried stands above).")
        print("Look at the connection to the package index and the room on the disk, then start again.")
        return 1
    STAMP.write_text(wanted)
    return 0


def wanted_stamp() -> str:
    """What has to be the same for the installed packages to be the right ones."""
    digest = hashlib.sha256(sys.version.encode())
    for lock in LOCKS:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def install() -> None:
    """uv by pip from its hashes, then everything else by uv; by pip where only pip knows the way to an index.

    Raises CalledProcessError.
    """
    python = VENV / "bin/python"
    if not python.exists():
        venv.create(VENV, with_pip=True, clear=True)
    setup, *locks = map(str, LOCKS)
    run(str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", setup)
    files = [part for lock in locks for part in ("-r", lock)]
    try:
        run(
            str(VENV / "bin/uv"),
            "--system-certs",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--compile-bytecode",
            *files,
        )
    except subprocess.CalledProcessError:
        print("Trying again with pip, which may be configured otherwise …", flush=True)
        run(str(python), "-m", "pip", "install", "--quiet", "--require-hashes", *files)


def run(*command: str) -> None:
    """One step, in this environment only. Raises CalledProcessError."""
    subprocess.run(command, check=True, env=os.environ | {"VIRTUAL_ENV": str(VENV), "PIP_DISABLE_PIP_VERSION_CHECK": "1"})


if __name__ == "__main__":
    sys.exit(main())
