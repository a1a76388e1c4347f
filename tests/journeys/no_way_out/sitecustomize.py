"""Read by Python before the server starts: a connection that would leave this machine is written down and refused."""

import os
import sys


def refuse_the_world(event: str, args: tuple) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        _refuse_unless_here(str(args[1][0]))
    if event == "socket.getaddrinfo":
        _refuse_unless_here(str(args[0]))


def _refuse_unless_here(host: str) -> None:
    if host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "None", ""):
        with open(os.environ["NO_WAY_OUT"], "a") as log:
            log.write(f"{host}\n")
        raise OSError(f"{host} is not this machine")


sys.addaudithook(refuse_the_world)
