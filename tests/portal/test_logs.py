import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction

from compliance.models import Practice
from compliance.tenancy.urls import practice_url
from secretary_portal import logs

CANARY = "Xylophone-Quillfeather"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the portal's logs would write, from every logger."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(as_json=True))
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def lines(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail_to_insert() -> Exception:
    """A real refusal by the database, with the canary in its DETAIL."""
    try:
        with transaction.atomic():
            for _ in range(2):
                Practice.objects.create(slug=CANARY, name=CANARY)
    except IntegrityError as error:
        return error
    raise AssertionError("the database took it twice")


def test_what_a_thread_logs_after_a_request_names_nobody_of_it(as_secretary, practice):
    as_secretary.get(practice_url(practice, "compliance:matrix"))

    assert structlog.contextvars.get_contextvars() == {}


def test_refused_insert_carries_the_value_in_its_message(db):
    assert CANARY in str(fail_to_insert())


@pytest.mark.parametrize("logger", [structlog.get_logger("portal"), logging.getLogger("django.request")])
def test_refused_insert_leaves_no_value_in_the_log(db, written, logger):
    try:
        raise RuntimeError(f"could not save {CANARY}") from fail_to_insert()
    except RuntimeError as error:
        logger.error("not saved", exc_info=error)

    assert CANARY not in written.getvalue()


def test_refused_insert_is_named_by_its_constraint(db, written):
    structlog.get_logger("portal").error("not saved", exc_info=fail_to_insert())

    named = lines(written)[0]["error"]
    assert named.startswith("IntegrityError")
    assert "UniqueViolation 23505 compliance_practice_slug" in named


def test_exception_is_told_by_its_places(written):
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger("portal").exception("broke")

    assert lines(written)[0]["places"][-1].endswith("test_exception_is_told_by_its_places")


def test_library_that_logs_the_words_of_an_exception_is_cut_short(written):
    error = ValueError(f"bad value {CANARY}")

    logging.getLogger("celery.app.trace").error(
        "Task %(name)s raised: %(exc)s", {"name": "x", "exc": repr(error)}, exc_info=error
    )

    assert CANARY not in written.getvalue()
    assert lines(written)[0]["event"] == "Task %(name)s raised: %(exc)s"


def test_exception_as_an_argument_is_cut_short(written):
    logging.getLogger("library").warning("retrying after %s", ValueError(CANARY))

    assert CANARY not in written.getvalue()


def test_page_that_fails_leaves_neither_query_nor_body(db, written, signed_in, secretary):
    client = signed_in(secretary)

    client.post(f"/no-such-page/?name={CANARY}", {"family": CANARY})

    assert CANARY not in written.getvalue()


def test_query_that_fails_leaves_no_parameter(db, written):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [CANARY])

    assert CANARY not in written.getvalue()


def test_line_of_a_request_carries_its_id(db, written, client):
    structlog.contextvars.bind_contextvars(request_id="r-1")

    structlog.get_logger("portal").warning("something.happened")

    structlog.contextvars.clear_contextvars()
    assert lines(written)[0]["request_id"] == "r-1"
