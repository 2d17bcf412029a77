"""Health checks of the containers: `python -m secretary_portal.probe web | clock FILE | backup FOLDER`. 0: well."""

import http.client
import sys
import time
from pathlib import Path

PORT = 8000
OLDEST = 10 * 60  # seconds; Celery's clock writes its schedule every three minutes
OLDEST_BACKUP = 26 * 60 * 60  # seconds; one is made each day


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
    return _is_one_fresh(schedule.parent, f"{schedule.name}*", OLDEST)


def backup(folder: Path) -> bool:
    """Whether a backup was finished within a day."""
    return _is_one_fresh(folder, "*.backup", OLDEST_BACKUP)


def _is_one_fresh(folder: Path, names: str, seconds: float) -> bool:
    files = [file for file in folder.glob(names) if file.is_file()]
    return any(time.time() - file.stat().st_mtime < seconds for file in files)


KINDS = {"web": web, "clock": lambda: clock(Path(sys.argv[2])), "backup": lambda: backup(Path(sys.argv[2]))}

if __name__ == "__main__":
    sys.exit(0 if KINDS[sys.argv[1]]() else 1)
