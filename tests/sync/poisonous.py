"""The server with one fault, `python -m tests.sync.poisonous`: a report with the word `poison` kills the process that judges it."""

import os
import signal
from dataclasses import replace

from server.cli import open_app
from server.domain.operations import OPERATIONS
from server.serving import serve

_report = OPERATIONS["report_problem"]


def report_problem(act, **args):
    if args.get("note") == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return _report.verb(act, **args)


OPERATIONS["report_problem"] = replace(_report, verb=report_problem)

if __name__ == "__main__":
    serve(open_app(demo=False))
