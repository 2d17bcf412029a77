"""Run a command with embedded servers of its own, which end with it, however it ends.

python .ci/with_servers.py DIRECTORY COMMAND …
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

from secretary_portal import embedded  # noqa: E402
from secretary_portal.processes import Trouble  # noqa: E402


def main() -> int:
    """Answers the command's own exit code; 1 when the servers do not start."""
    directory, *command = sys.argv[1:]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    try:
        servers = embedded.start(Path(directory), fast=True)
    except Trouble as trouble:
        print(trouble)
        return 1
    try:
        return subprocess.run(command, check=False, env=os.environ | servers.environment()).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main())
