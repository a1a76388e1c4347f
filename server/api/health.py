"""Is the server there, which history is it, and how is it doing."""

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from server import VERSION
from server.access import allow
from server.sealed_copies import copy_key
from server.store.change_log import current_epoch
from server.store.database import db

health = Blueprint("health", __name__, url_prefix="/api/v1")


@health.get("/hello")
@allow("anyone")
def show_hello():
    """What a phone asks before anybody is signed in."""
    settings = current_app.config["BIHUAN"]
    return jsonify(
        server_time=current_app.clock.now().isoformat(),
        epoch=current_epoch(db.session),
        demo=settings.demo,
        app=VERSION,
        copy_key=copy_key(current_app.config["SECRET_KEY"]),
    )


@health.get("/health")
@allow("anyone")
def show_health():
    """200 when the database answers."""
    db.session.execute(text("SELECT 1"))
    return jsonify(ok=True)


@health.get("/metrics")
@allow("settings.manage")
def show_metrics():
    """Counters for Prometheus."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
