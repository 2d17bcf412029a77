import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from secretary_portal import leftovers, processes
from secretary_portal.processes import Trouble

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"]
HOME = Path(__file__).resolve().parent.parent.parent


def test_port_in_use_is_told_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(Trouble, match=rf"Port {port} cannot be used .* PORT=8001 make demo"):
            processes.loopbacks(port)


def test_free_port_is_listened_on_at_the_loopback_only():
    port = processes.free_port()

    assert processes.loopbacks(port)[0] == f"127.0.0.1:{port}"
    assert set(processes.loopbacks(port)) <= {f"127.0.0.1:{port}", f"[::1]:{port}"}


def test_full_disk_is_told_in_a_sentence(tmp_path):
    with pytest.raises(Trouble, match="Make room and start again"):
        processes.room(tmp_path, megabytes=10**9)


def test_place_that_is_no_directory_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(Trouble, match="cannot be written"):
        processes.room(tmp_path / "file", megabytes=1)


def test_end_asks_and_waits():
    child = processes.start(SLEEP, environment=os.environ)

    processes.end([child])

    assert child.returncode == -signal.SIGTERM


def test_end_kills_what_does_not_listen():
    child = processes.start(DEAF, environment=os.environ, output=subprocess.PIPE)
    child.stdout.readline()

    processes.end([child], patience=0.2)

    child.stdout.close()
    assert child.returncode == -signal.SIGKILL


def test_child_ends_when_its_parent_is_killed():
    code = f"""if True:
        import os, time
        from secretary_portal import processes
        print(processes.start({SLEEP!r}, environment=os.environ).pid, flush=True)
        time.sleep(60)"""
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=HOME, stdout=subprocess.PIPE)
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.communicate()

    psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_wait_gives_up_with_the_sentence():
    began = time.monotonic()

    with pytest.raises(Trouble, match="never came"):
        processes.wait_for(lambda: False, seconds=0.1, trouble="It never came.")

    assert time.monotonic() > began


def test_directory_is_held_by_one(tmp_path):
    with leftovers.only_one(tmp_path), pytest.raises(Trouble, match="runs already"), leftovers.only_one(tmp_path):
        pass


def test_stale_lock_of_postgres_is_cleared_with_a_sentence(tmp_path, capsys):
    (tmp_path / "postmaster.pid").write_text("999999999\n/somewhere\n")

    leftovers.clear_postgres(tmp_path)

    assert "taking away its stale lock" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_lock_that_names_another_program_ends_nothing(tmp_path):
    (tmp_path / "pid").write_text(str(os.getpid()))

    leftovers.clear_redis(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_parent_left_is_ended_with_a_sentence(tmp_path, capsys):
    child = processes.start(SLEEP, environment=os.environ)
    leftovers.note(tmp_path / "children.json", [child.pid])

    leftovers.clear_noted(tmp_path / "children.json")

    assert child.wait(1) == -signal.SIGTERM
    assert "ending what is left" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_process_that_took_a_noted_number_is_left_alone(tmp_path, capsys):
    (tmp_path / "children.json").write_text(f"[[{os.getpid()}, 1.0]]")

    leftovers.clear_noted(tmp_path / "children.json")

    assert capsys.readouterr().out == ""
