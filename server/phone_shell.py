"""The phone's page, its manifest and its worker. Everything else under /app/ is a page of the same shell."""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, send_from_directory

from server.access import allow

phone = Blueprint("phone", __name__, url_prefix="/app")


def build_folder() -> Path:
    return Path(current_app.static_folder)


def built(name: str) -> str:
    """The address of a built file by its plain name (`app/main.js`, `styles/base.css`); build.mjs writes the table."""
    manifest = json.loads((build_folder() / "manifest.json").read_text())
    return f"/static/{manifest[name]}"


@phone.get("/")
@phone.get("/<path:page>")
@allow("anyone")
def show_shell(page: str = "") -> Response:
    """The one page of the phone; its code decides what to show."""
    response = Response(render_template("app/shell.html"), mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@phone.get("/worker.js")
@allow("anyone")
def show_worker() -> Response:
    """The service worker: never kept by the browser, so that an update arrives."""
    response = send_from_directory(build_folder(), "app/worker.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Service-Worker-Allowed"] = "/app/"
    return response


@phone.get("/manifest.webmanifest")
@allow("anyone")
def show_manifest() -> Response:
    """What makes it installable."""
    response = Response(render_template("app/manifest.webmanifest"), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response
