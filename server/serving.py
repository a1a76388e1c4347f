"""gunicorn before the application. It is loaded once and then forked, so that a worker that died is back in a moment."""

import socket

from flask import Flask
from gunicorn.app.base import BaseApplication

from server.garbage import collect_seldom
from server.store.database import db
from server.ticker import start_ticker

# Seconds of silence; seconds between questions; questions without an answer.
GONE_AFTER = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}


def notice_who_is_gone(server) -> None:
    """Have the kernel ask whether a silent phone is still there: one that vanished in the middle of a picture says nothing any more, and
    would keep a thread for ever. The connections of these sockets take it over from them."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in GONE_AFTER.items():
            if hasattr(socket, option):  # not everywhere but on Linux
                listener.sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def serve(app: Flask) -> None:
    """Answer requests until a signal ends this process. No worker takes over an open database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    collect_seldom()
    Gunicorn(app).run()


class Gunicorn(BaseApplication):
    """gunicorn with our settings instead of a command line."""

    def __init__(self, app: Flask):
        self._app = app
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app

    def _options(self) -> dict:
        settings = self._app.config["BIHUAN"]
        return {
            "bind": f"{settings.host}:{settings.port}",
            "preload_app": True,
            "when_ready": notice_who_is_gone,
            "post_worker_init": self._begin_work,
            "worker_class": "gthread",
            "workers": settings.workers,
            "threads": settings.threads,
            "keepalive": 5,
            "graceful_timeout": 5,
            "control_socket_disable": True,
            "loglevel": "warning",
            "certfile": settings.certificate and str(settings.certificate),
            "keyfile": settings.certificate_key and str(settings.certificate_key),
        }

    def _begin_work(self, worker) -> None:
        start_ticker(self._app)
