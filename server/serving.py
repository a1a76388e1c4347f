"""gunicorn before the application. It is loaded once and then forked, so that a worker that died is back in a moment."""

from flask import Flask
from gunicorn.app.base import BaseApplication

from server.garbage import collect_seldom
from server.store.database import db
from server.ticker import start_ticker


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
