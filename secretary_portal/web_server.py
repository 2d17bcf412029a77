"""gunicorn's settings, in every place where the portal is served."""

from pathlib import Path

from secretary_portal import logs

worker_class = "gthread"
workers = 2
threads = 4
max_requests = 5000  # a worker is renewed now and then; see docs/performance.md for its memory
max_requests_jitter = 500
timeout = 60
graceful_timeout = 8
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # nosec B108
accesslog = None  # addresses are in the audit trail; a line for each page would tell who is looked after
logconfig_dict = logs.config(level="INFO", as_json=True)
