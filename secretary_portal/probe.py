"""Health checks of the containers: `python -m secretary_portal.probe web | clock FILE`. Exit code 0 means well."""

import http.client
import sys
import time
from pathlib import Path

PORT = 8000
OLDEST = 10 * 60  # seconds; Celery's clock writes its schedule every three minutes


def web() -> bool:
    """Whether /readyz answers 200, asked under a host name that the settings allow."""
    from secretary_portal.settings import environment

    host = next((name.lstrip(".") for name in environment.ALLOWED_HOSTS if name != "*"), "localhost")
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=4)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def clock(schedule: Path) -> bool:
    """Whether the clock wrote its schedule lately."""
    files = [file for file in schedule.parent.glob(f"{schedule.name}*") if file.is_file()]
    return any(time.time() - file.stat().st_mtime < OLDEST for file in files)


if __name__ == "__main__":
    kind, *more = sys.argv[1:]
    sys.exit(0 if (web() if kind == "web" else clock(Path(more[0]))) else 1)
