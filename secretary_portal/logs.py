"""Logs that a stranger may read: no bodies, no query strings, no message that a database or a parser wrote.

An exception is kept as its class and the places it came through; a database error by SQLSTATE and constraint, because
PostgreSQL puts the offending values into DETAIL (security.md section 5).
"""

import logging
import logging.config
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, WrappedLogger

PLACES = 8  # how many of the innermost frames are named
QUIET = ("django.db.backends", "faker", "factory", "asyncio", "kombu", "amqp", "mail.log")

LIBRARIES = ("django", "django.server", "celery", "gunicorn.error")  # they bring handlers of their own


def use(settings: dict[str, Any]) -> None:
    """Set up the standard library's logging and structlog from one dictionary. Django's LOGGING_CONFIG."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def config(*, level: str, as_json: bool) -> dict[str, Any]:
    """The LOGGING dictionary: everything to standard output, as JSON lines or for a person's eyes."""
    ours = {"()": formatter, "as_json": as_json}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": ours},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "ours", "stream": "ext://sys.stdout"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            **{name: {"level": "WARNING"} for name in QUIET},
            **{name: {"handlers": [], "propagate": True} for name in LIBRARIES},
        },
    }


def formatter(*, as_json: bool) -> ProcessorFormatter:
    """Turns a record, the portal's or a library's, into one line without values."""
    last: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return ProcessorFormatter(
        foreign_pre_chain=[without_message_of_exception, *_shared()],
        processors=[ProcessorFormatter.remove_processors_meta, last],
        pass_foreign_args=True,
    )


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        exception_as_places,
    ]


def exception_as_places(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace an exception by what it was and where; its message goes nowhere."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = _exception(given)
    if error is not None:
        event["error"] = " from ".join(described(one) for one in chain(error))
        event["places"] = list(places(error.__traceback__))
    return event


def without_message_of_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take out of a library's line whatever an exception said: Celery and others write it into their own text."""
    said = _said_by(event.pop("positional_args", ()), _exception(event.get("exc_info")))
    template = str(event["_record"].msg)
    for text in (str(event["event"]), template, "an error"):
        if not any(line in text for line in said):
            event["event"] = text
            break
    return event


def described(error: BaseException) -> str:
    """`IntegrityError 23505 one_message_for_a_purpose`: class, SQLSTATE and constraint where there are any."""
    parts = [type(error).__name__]
    diagnosis = getattr(error, "diag", None)
    if diagnosis is not None:
        parts += [part for part in (getattr(error, "sqlstate", None), diagnosis.constraint_name) if part]
    return " ".join(parts)


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and what it came from, outermost first, each once."""
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        yield step
        step = step.__cause__ or step.__context__


def places(trace: TracebackType | None) -> Iterator[str]:
    """`module.py:12 function` of the innermost frames; no source line, for it may hold a literal."""
    for frame in traceback.extract_tb(trace)[-PLACES:]:
        yield f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}"


def _exception(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1]
    if given:
        import sys

        return sys.exc_info()[1]
    return None


def _said_by(args: Any, error: BaseException | None) -> set[str]:
    given = args.values() if isinstance(args, Mapping) else args or ()
    errors = [*(arg for arg in given if isinstance(arg, BaseException)), *([error] if error else [])]
    lines = (line.strip() for one in errors for step in chain(one) for line in (*str(step).splitlines(), repr(step)))
    return {line for line in lines if len(line) > 2}
