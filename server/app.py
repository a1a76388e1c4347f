"""create_app(): the only place where the parts are joined."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from server import console, phone_shell
from server.access import access_rule, check_access
from server.api import blueprints as api_blueprints
from server.clock import Clock, kept_clock
from server.domain.write_path import Busy
from server.intake import accepting, alone, exporting, mending, receiving, vocabulary
from server.logs import set_up_logs
from server.problems import Refused, sentence, status_of
from server.settings import Settings
from server.store import tables  # noqa: F401 — the metadata must be whole
from server.store.database import db, engine_options, prepare_engine
from server.store.database import settings as app_settings
from server.ticker import ALSO_DUE
from sync.blobs import blobs
from sync.copies import read_in_copy
from sync.held import judge_due
from sync.routes import sync

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = Path(__file__).resolve().parent / "store" / "migrations"

log = structlog.get_logger()
migrate = Migrate(directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)
forms = CSRFProtect()

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # by https a form proves with it that it came from here; nobody else gets it
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}

# What is no page: a phone fetches it again and again, and pays for each byte.
HEADERS_OF_DATA = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """Join settings, database, doors and the rules of every request."""
    set_up_logs()
    app = Flask(
        "server",
        static_folder=str(ROOT / "static" / "build"),
        static_url_path="/static",
        template_folder=str(ROOT / "templates"),
    )
    if settings.proxies:
        near = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=near, x_proto=near, x_host=near)
    settings.data.mkdir(parents=True, exist_ok=True)
    app.clock = clock or kept_clock(settings.clock_starts_at, settings.data / "clock")
    app.config.update(
        BIHUAN=settings,
        SECRET_KEY=kept_secret(settings.data / "secret.key"),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
        SESSION_COOKIE_NAME="bihuan_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.json.ensure_ascii = False
    app.json.sort_keys = False
    db.init_app(app)
    migrate.init_app(app, db)
    forms.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    join_doors(app)
    app.before_request(refuse_unreadable)
    app.before_request(check_access)
    app.after_request(put_headers)
    tell_problems(app)
    return app


def join_doors(app: Flask) -> None:
    """Register every blueprint. JSON doors take no form token: they check their own header instead."""
    for blueprint in (sync, blobs, *api_blueprints):
        app.register_blueprint(blueprint)
        forms.exempt(blueprint)
    app.register_blueprint(phone_shell.phone)
    if judge_due not in ALSO_DUE:
        ALSO_DUE.append(judge_due)
    app.extensions["intake"] = intake_for_console()
    app.extensions["read_in_copy"] = read_in_copy  # the sync door's, for the console's page: doors do not import one another
    console.join(app)
    missing = [rule.endpoint for rule in app.url_map.iter_rules() if access_rule(app, rule.endpoint) is None]
    if missing:
        raise RuntimeError(f"No access rule on: {', '.join(missing)}")


def intake_for_console() -> SimpleNamespace:
    """The import door's functions for the console's import page: doors do not import one another."""
    return SimpleNamespace(
        Arrived=receiving.Arrived,
        receive=receiving.receive,
        keep_refusal=receiving.keep_refusal,
        is_being_read=alone.is_being_read,
        forget=receiving.forget,
        accept=accepting.accept,
        form_of=mending.form_of,
        mend=mending.mend,
        take_by_hand=mending.take_by_hand,
        export_rows=exporting.export_rows,
        write_csv=exporting.write_csv,
        FIELDS=tuple(vocabulary.LIST_WORDS),
    )


def kept_secret(file: Path) -> str:
    """The secret that signs cursors and forms and seals ID numbers: made once, kept beside the data."""
    if not file.exists():
        own = file.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(own, os.O_CREAT | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(own, file)  # whole or not at all: of two that start together, one wins
        own.unlink()
    return file.read_text().strip()


def refuse_unreadable() -> None:
    """No text of a person holds a NUL; SQLite would keep it, PostgreSQL would not. Refuses: request.unreadable."""
    forms = request.form if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data") else {}
    values = [value for given in (request.args, forms) for name in given for value in (name, *given.getlist(name))]
    if any("\0" in value for value in (request.path, *values)):
        raise Refused("request.unreadable")


def put_headers(response: Response) -> Response:
    """Headers of every answer. Nothing is kept but built files, whose name changes with their content: those for ever."""
    if request.endpoint == "sync.create_round" and response.status_code == 200:
        return response  # given only for a header that no form and no other site's script may send: no page, nothing to embed
    for name, value in (HEADERS_OF_DATA if request.path.startswith("/api/") else HEADERS).items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers.setdefault("Cache-Control", "no-store")
    if app_settings().secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def tell_problems(app: Flask) -> None:
    """Every refusal and fault becomes one sentence: JSON for the phone, a page for the console."""

    @app.errorhandler(Refused)
    def refused(refusal: Refused):
        response, status = answer_problem(refusal.code, **refusal.values)
        if "retry_after_s" in refusal.values:
            response.headers["Retry-After"] = str(refusal.values["retry_after_s"])
        return response, status

    @app.errorhandler(CSRFError)
    def forged(_fault):
        return answer_problem("request.forged")

    @app.errorhandler(OperationalError)
    @app.errorhandler(InternalError)  # a standby, which takes no word
    def database_refused(fault: OperationalError | InternalError):
        db.session.rollback()
        log.error("database.refused", route=str(request.url_rule), exc_info=fault)
        return busy(fault)

    @app.errorhandler(Busy)
    def busy(_fault):
        response, status = answer_problem("server.busy")
        response.headers["Retry-After"] = "2"
        return response, status

    @app.errorhandler(DataError)
    @app.errorhandler(UnicodeError)
    def unreadable(fault: Exception):
        db.session.rollback()  # the page that says so reads, too
        log.warning("request.unreadable", route=str(request.url_rule), kind=type(fault).__name__)
        return answer_problem("request.unreadable")

    @app.errorhandler(HTTPException)
    def http(fault: HTTPException):
        if fault.code == 413:
            return answer_problem("sync.too_large")
        if fault.code in (404, 405):
            return answer_problem("page.unknown", status=fault.code)
        return answer_problem("request.unreadable", status=fault.code or 500)

    @app.errorhandler(Exception)
    def broken(fault: Exception):
        log.exception("request.broke", route=str(request.url_rule), exc_info=fault)  # a path may be a one-time link
        return answer_problem("server.failed")


def answer_problem(code: str, /, status: int | None = None, **values):
    """One problem as JSON under /api/, else as a page; a console visitor who is not signed in is sent to the sign-in page."""
    status = status or status_of(code)
    if request.path.startswith("/api/"):
        message = {language: sentence(code, language, **values) for language in ("zh", "en")}
        return jsonify(code=code, message=message), status
    if code == "session.sign_in" and request.method == "GET":
        return console.to_sign_in(), 302
    language = console.language()
    page = render_template("problem.html", code=code, sentence=sentence(code, language, **values), status=status)
    return app_response(page), status


def app_response(page: str) -> Response:
    return Response(page, mimetype="text/html")
