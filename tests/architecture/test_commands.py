"""`make help`, and that the README names the commands that exist."""

import re
import subprocess
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent.parent


def test_help_lists_the_promised_commands():
    done = subprocess.run(["make", "help"], cwd=HOME, capture_output=True, text=True, check=True)

    assert re.findall(r"^  make (\S+)", done.stdout, re.MULTILINE) == [
        "help",
        "demo",
        "demo-reset",
        "test",
        "soak",
        "restore-drill",
        "bench",
        "check",
        "fix",
    ]


def test_build_server_runs_the_checks_and_the_test_command_of_the_readme():
    script = (HOME / ".ci/run").read_text().splitlines()
    readme = (HOME / "README.md").read_text()

    assert script[-2:] == ["make check", "make test"]
    assert "```\nmake test\n```" in readme


def test_every_decision_is_in_the_list():
    folder = HOME / "docs/adr"
    listed = re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text())

    assert listed == sorted(file.name for file in folder.glob("0*.md"))
