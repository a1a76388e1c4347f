"""The server on data that a test has made: `python -m tests.served`. As `bihuan run`, or as a demo where BIHUAN_DEMO=yes: `bihuan demo`
itself would want all of its Changchun there."""

import os

from server.cli import open_app
from server.serving import serve

if __name__ == "__main__":
    serve(open_app(demo=os.environ.get("BIHUAN_DEMO") == "yes"))
