"""What the operator reads: a line an event, stamped; JSON in production, plain words elsewhere."""

from typing import Any

import structlog

STAMPS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configured(level: str, *, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING, from this level on; structlog is set up to go the same way."""
    structlog.configure(
        processors=[*STAMPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": STAMPS,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(as_json)],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        # It tells each address it calls, with whatever an owner put into it; the feed's own log says what came of it.
        "loggers": {"httpx": {"level": "WARNING"}},
    }


def _rendering(as_json: bool) -> list[Any]:
    if as_json:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
