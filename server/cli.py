"""Operator commands, each a thin call of the domain. `bihuan --help` lists them."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from server.accounts import MACHINE, create_administrator, first_administrator, invite, set_password
from server.app import create_app
from server.backup import keys
from server.backup.envelope import Unreadable
from server.backup.in_use import InUse, hold_in_use
from server.backup.restoring import Application, NotEmpty, finish_restore, restore
from server.backup.writing import write_backup
from server.demo.accounts import password_for_all
from server.demo.arrivals import bring_what_is_found
from server.demo.days.command import simulate
from server.demo.filling import NotADemo, empty_half_filled, fill_demo
from server.demo.greeting import greeting
from server.domain.acts import Actor
from server.domain.turnover_rules import turnover_rules_on
from server.domain.write_path import perform_one
from server.intake.accepting import report
from server.intake.exporting import NOUNS, write_file
from server.intake.folders import import_files
from server.intake.registering import ORDER
from server.problems import Refused, sentence
from server.serving import serve
from server.settings import Settings, SettingsFault, read_settings
from server.store.change_log import Epoch, begin_history
from server.store.database import db, transaction
from server.store.reference import told_settings
from server.store.users import User
from server.ticker import ALSO_DUE

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


@main.command("export")
@click.argument("noun", type=click.Choice(list(NOUNS)))
@click.argument("file", type=click.Path(path_type=Path))
def export_(noun: str, file: Path) -> None:
    """Write what is registered into a spreadsheet: FILE.xlsx or FILE.csv. ID numbers go out by their last four signs."""
    with operator_at_work():
        click.echo(f"{write_file(noun, file):,} rows in {file}")


def tell_progress(what: str, done: int, of: int) -> None:
    """One line that counts up, for whoever waits at the terminal."""
    if sys.stderr.isatty() or done % 1_000 == 0 or done == of:
        click.echo(f"{what} {done:,} of {of:,}", err=True)


def open_app(*, demo: bool):
    """The application with the settings of this environment; a fault in them is one sentence."""
    settings = read_or_leave(demo=demo)
    in_use = hold_in_use(settings.data)
    app = create_app(settings)
    app.extensions["in_use"] = in_use
    return app


def migrate_database(app) -> None:
    """Create or change the tables, begin the history of an empty database, and tell phones what they must know of the settings."""
    with app.app_context():
        upgrade()
        if db.session.query(Epoch).first() is None:
            with transaction() as session:
                begin_history(session, app.clock.now())
        for_phones = {**app.config["BIHUAN"].for_phones(), "turnover": turnover_rules_on(app.clock.now().date()).as_told()}
        if told_settings(db.session) != for_phones:
            perform_one("tell_settings", author=MACHINE, at=app.clock.now(), **for_phones)


@main.command()
def run() -> None:
    """Serve for real work. The first start prints a one-time link that makes the first administrator."""
    app = open_app(demo=False)
    migrate_database(app)
    with app.app_context():
        if token := first_administrator(at=app.clock.now()):
            say_link(app, "admin", token)
    click.echo(f"Bihuan 闭环 · {app.config['BIHUAN'].address}")
    serve(app)


@main.command("create-admin")
@click.argument("username")
@click.option("--name", default="管理员", help="The name that others see.")
def create_admin(username: str, name: str) -> None:
    """Make one more administrator, and print the one-time link by which they set a password."""
    with operator_at_work() as app:
        id = create_administrator(username, name, at=app.clock.now())
        say_link(app, username, invite(id, by=MACHINE, at=app.clock.now()))


@main.command("invite")
@click.argument("username")
def invite_(username: str) -> None:
    """Print a new one-time link for a user: it is good for 24 hours and sets a password."""
    with operator_at_work() as app:
        say_link(app, username, invite(user_named(username).id, by=MACHINE, at=app.clock.now()))


@main.command("set-password")
@click.argument("username")
@click.password_option(help="At least 12 characters; asked for when it is not given.")
def set_password_(username: str, password: str) -> None:
    """Give a user another password and end their sessions."""
    with operator_at_work() as app:
        set_password(user_named(username).id, password, by=MACHINE, at=app.clock.now())
        click.echo(f"{username} has the new password; their sessions have ended.")


@contextmanager
def operator_at_work() -> Iterator[Flask]:
    """The application on its newest tables; a refusal is said in one sentence."""
    app = open_app(demo=False)
    migrate_database(app)
    with app.app_context():
        try:
            yield app
        except Refused as refusal:
            sys.exit(sentence(refusal.code, "en", **refusal.values))


def user_named(username: str) -> User:
    """The account. Refuses: user.unknown."""
    user = db.session.scalar(select(User).where(User.username == username))
    if user is None:
        raise Refused("user.unknown")
    return user


def say_link(app: Flask, username: str, token: str) -> None:
    """Print the one-time link, with the address that people can reach."""
    settings = app.config["BIHUAN"]
    click.echo(f"{username} sets a password here, within 24 hours: {settings.address}/invitation/{token}")
    if settings.proxies and not settings.public_address:
        click.echo("This is the server's own address. Behind the proxy put its name there instead, or set PUBLIC_ADDRESS.", err=True)


@main.command("backup-key")
@click.argument("private", type=click.Path(dir_okay=False, path_type=Path))
def backup_key(private: Path) -> None:
    """Make the key pair of the backups: the private key in the file PRIVATE, the public one beside the data."""
    try:
        public = keys.make_keys(read_or_leave(demo=False).data, private)
    except keys.KeyFault as fault:
        sys.exit(str(fault))
    click.echo(f"Backups are encrypted to {public}.")
    click.echo(f"The private key is in {private}. Carry it off this machine, keep it in two places, and delete it here:")
    click.echo("whoever has it can read every backup; without it nobody can, and no backup can be restored.")


@main.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", "public", help="Another public key than the one beside the data (age1…).")
def backup_(file: Path, public: str | None) -> None:
    """Write everything as of now into FILE, encrypted, while the server serves; it is read back before it counts."""
    with operator_at_work() as app:
        data = app.config["BIHUAN"].data
        try:
            written = write_backup(data, file, keys.recipient(data, public), app.clock.now())
        except (keys.KeyFault, FileExistsError, Unreadable) as fault:
            sys.exit(str(fault))
    found = written.contents
    rows = sum(found.rows.values())
    click.echo(f"{file}: {written.bytes:,} bytes, {found.operations:,} operations, {rows:,} rows and {len(found.files)} files")
    click.echo(f"as of {found.taken_at.isoformat()}; read back from the disk and compared.")


@main.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The private key.")
@click.option("--in-place-of", type=int, help="How many operations the database holds that are to be set aside.")
def restore_(file: Path, key: Path, in_place_of: int | None) -> None:
    """Put the backup in FILE in the place of what is there. The server must be stopped."""
    settings = read_or_leave(demo=False)
    try:
        done = restore(file, keys.read_private(key), settings, Application(create_app, bring_tables_to), in_place_of)
    except NotEmpty as fault:
        sys.exit(
            f"The database holds {fault.operations:,} operations, the last of {fault.newest} UTC. "
            f"To set them aside say so: --in-place-of {fault.operations}"
        )
    except Unreadable as fault:
        sys.exit(f"{file} cannot be restored, and nothing has changed: {fault}.")
    except (keys.KeyFault, InUse) as fault:
        sys.exit(str(fault))
    click.echo(f"Restored to {done.contents.taken_at.isoformat()}: {done.contents.operations:,} operations. A new epoch has begun:")
    click.echo("phones bring back by themselves what they have kept; what desks did since then must be done again.")
    click.echo(f"What was there before lies in {done.set_aside}.")


def bring_tables_to(version: str | None) -> None:
    upgrade(revision=version or "head")


@main.command("simulate-day")
@click.option("--seed", default=1, show_default=True, help="What is drawn by lot; the same again gives the same days.")
@click.option(
    "--date", "until", type=click.DateTime(["%Y-%m-%d"]), default="2022-04-03", show_default=True, help="The last day, 3 to 7 April."
)
@click.option("--docs", type=click.Path(dir_okay=False, path_type=Path), help="Write the comparison with the forecasts here.")
def simulate_day(seed: int, until: datetime, docs: Path | None) -> None:
    """Let virtual people act out the scenario's days up to DATE, in an empty DATA, and compare each with the forecast of its morning."""
    app = open_app(demo=True)
    migrate_database(app)
    with app.app_context():
        try:
            written = simulate(seed, until.date(), told=lambda said: click.echo(said, err=True))
        except NotADemo as fault:
            sys.exit(str(fault))
        if docs:
            docs.write_text(written, encoding="utf-8")
        settings, after = app.config["BIHUAN"], until.date() + timedelta(days=1)
        click.echo(f"To look at it: DATA={settings.data} CLOCK={after}T00:00 bihuan demo")


@main.command()
def demo() -> None:
    """Serve with the built-in demo: Changchun on 3 April 2022, from 20:00, on a clock that runs on."""
    app = open_app(demo=True)
    migrate_database(app)
    if emptied(app):
        migrate_database(app)  # an empty database begins its history again
    click.echo(prepare_demo(app))
    ALSO_DUE.append(bring_what_is_found)
    serve(app)


def read_or_leave(*, demo: bool) -> Settings:
    """The settings of this environment, once a restore that was cut off is finished; a fault in them is one sentence."""
    try:
        settings = read_settings(demo=demo)
        finish_restore(settings)
    except (SettingsFault, InUse) as fault:
        sys.exit(str(fault))
    return settings


def emptied(app: Flask) -> bool:
    """Whether a demo stood there that was killed while it was filled: it is begun anew."""
    with app.app_context():
        return empty_half_filled()


def prepare_demo(app) -> str:
    """Fill an empty database with the demo; what to say when it is there."""
    settings, began = app.config["BIHUAN"], time.monotonic()
    with app.app_context():
        try:
            fill_demo(told=lambda what: click.echo(f"Filling the demo: {what} …", err=True))
            password = password_for_all(settings.data, settings.demo_password, app.clock.now())
        except NotADemo as fault:
            sys.exit(str(fault))
        except Refused as refusal:
            sys.exit(sentence(refusal.code, "en", **refusal.values))
    return greeting(settings, password, time.monotonic() - began)
