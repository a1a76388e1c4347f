"""Operator commands, each a thin call of the domain. `bihuan --help` lists them."""

import os
import sys

import click
from flask_migrate import upgrade

from server.app import create_app
from server.settings import Settings, SettingsFault, read_settings
from server.store.change_log import Epoch, begin_history
from server.store.database import db, transaction


@click.group()
def main() -> None:
    """Bihuan 闭环: rooms, transfers and their handover."""


@main.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    migrate_database(open_app(demo=False))


def open_app(*, demo: bool):
    """The application with the settings of this environment; a fault in them is one sentence."""
    try:
        return create_app(read_settings(demo=demo))
    except SettingsFault as fault:
        sys.exit(str(fault))


def migrate_database(app) -> None:
    """Create or change the tables, and begin the history of an empty database."""
    with app.app_context():
        upgrade()
        if db.session.query(Epoch).first() is None:
            with transaction() as session:
                begin_history(session, app.clock.now())


@main.command()
def run() -> None:
    """Serve for real work. The first start prints a one-time link that makes the first administrator."""
    serve(read_or_leave(demo=False))


@main.command()
def demo() -> None:
    """Serve with the built-in demo: Changchun on 3 April 2022, from 20:00, on a clock that runs on."""
    serve(read_or_leave(demo=True))


def read_or_leave(*, demo: bool) -> Settings:
    try:
        return read_settings(demo=demo)
    except SettingsFault as fault:
        sys.exit(str(fault))


def serve(settings: Settings) -> None:
    """Prepare the database, say where to go, and hand over to gunicorn."""
    migrate_database(create_app(settings))
    os.environ["BIHUAN_DEMO"] = "yes" if settings.demo else "no"
    command = ["gunicorn", "server.wsgi:app", "--bind", f"{settings.host}:{settings.port}"]
    command += ["--worker-class", "gthread", "--workers", str(settings.workers), "--threads", str(settings.threads)]
    command += ["--no-control-socket", "--graceful-timeout", "5", "--keep-alive", "5", "--log-level", "warning"]
    if settings.certificate:
        command += ["--certfile", str(settings.certificate), "--keyfile", str(settings.certificate_key)]
    click.echo(f"Bihuan 闭环 · http://{settings.host}:{settings.port}")
    os.execv(sys.executable, [sys.executable, "-m", *command])
