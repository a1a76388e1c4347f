"""Operator commands, each a thin call of the domain. `bihuan --help` lists them."""

import json
import os
import sys
from pathlib import Path

import click
from flask_migrate import upgrade

from server.app import create_app
from server.domain.acts import Actor
from server.intake.accepting import report
from server.intake.folders import import_files
from server.intake.registering import ORDER
from server.problems import sentence
from server.settings import Settings, SettingsFault, read_settings
from server.store.change_log import Epoch, begin_history
from server.store.database import db, transaction

OPERATOR = Actor(None, "dispatcher", "命令行")  # whoever may run commands on the server's machine


@click.group()
def main() -> None:
    """Bihuan 闭环: rooms, transfers and their handover."""


@main.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    migrate_database(open_app(demo=False))


@main.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write each row with its verdict here.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day of a list that names none.")
@click.option("--area", help="The unit of a list that names none.")
@click.option("--kind", type=click.Choice(ORDER), help="What a file is, when its columns do not tell.")
def import_(paths, report_file, day, area, kind) -> None:
    """Take in lists and ledgers: files, or folders of them. Exits 1 when a file was refused."""
    app = open_app(demo=False)
    migrate_database(app)
    with app.app_context():
        given = {"kind": kind, "area": area, "day": day and day.date()}
        done, refused = [], 0
        for outcome in import_files(paths, by=OPERATOR, at=app.clock.now(), told=tell_progress, **given):
            if outcome.refusal is None:
                done.append(outcome.id)
                [file] = report([outcome.id])["files"]
                counts = "{data_rows} rows = {accepted} accepted + {matched} matched + {held} held".format(**file)
                click.echo(f"{outcome.file.name}: {counts}")
            else:
                refused += not outcome.is_for_later
                values = {"file": outcome.file.name, **outcome.refusal.values}
                click.echo(f"{outcome.file.name}: {sentence(outcome.refusal.code, 'en', **values)}", err=True)
        if report_file:
            report_file.write_text(json.dumps(report(done), ensure_ascii=False, indent=1), encoding="utf-8")
    sys.exit(1 if refused else 0)


def tell_progress(what: str, done: int, of: int) -> None:
    """One line that counts up, for whoever waits at the terminal."""
    if sys.stderr.isatty() or done % 5_000 == 0:
        click.echo(f"{what} {done:,} of {of:,}", err=True)


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
