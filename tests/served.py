"""The server on data that a test has made: `python -m tests.served`. As `bihuan run`, or as a demo where BIHUAN_DEMO=yes: `bihuan demo`
itself would want all of its Changchun there."""

import os
import socket

from server.cli import open_app
from server.serving import serve


def free_port() -> int:
    """One at which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


if __name__ == "__main__":
    serve(open_app(demo=os.environ.get("BIHUAN_DEMO") == "yes"))
