"""The server's own log: one JSON line an event, without anybody's values (a traceback shows no variables)."""

import logging
import sys

import structlog


def set_up_logs(level: int = logging.INFO) -> None:
    """Write structlog's events to standard error as JSON lines. Safe to call again."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
