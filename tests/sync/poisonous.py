"""The server as gunicorn loads it, with one fault: a report with the word `poison` kills the process that judges it."""

import os
import signal
from dataclasses import replace

from server.domain.operations import OPERATIONS
from server.wsgi import app  # noqa: F401 — what gunicorn is asked for

_report = OPERATIONS["report_problem"]


def report_problem(act, **args):
    if args.get("note") == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return _report.verb(act, **args)


OPERATIONS["report_problem"] = replace(_report, verb=report_problem)
