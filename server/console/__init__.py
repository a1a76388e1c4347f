"""HTML doors for staff, one file per page family."""

from flask import Flask, redirect, url_for

from server.console.language import join_languages, language
from server.console.page import console
from server.console.shown import join_filters

__all__ = ["join", "language", "to_sign_in"]

PAGES = (
    "searching sessions today people person_changes transfers transfer_making transfer_changes transfer_steps imports waiting_rows sites "
    "rooms waste vehicles returns contacts conflicts quarantine phones copies users operations compounds docking handover_lists "
    "balance forecast ledger room_counts site_stages pipeline stays stays_on_paper packs"
).split()


def join(app: Flask) -> None:
    """Register the console's pages and what its templates may call."""
    from importlib import import_module

    for page in PAGES:
        import_module(f"server.console.{page}")
    app.register_blueprint(console)
    join_languages(app)
    join_filters(app)


def to_sign_in():
    """The door, which leads back to the page that was asked for."""
    from server.console.searching import wanted_address

    wanted = wanted_address()
    return redirect(url_for("console.sign_in", next=wanted if wanted != "/" else None))
