"""What people search by goes by POST, and an address carries a number only sealed: addresses are kept in histories, logs and messages.

The sealed text is read by this server alone. So a view can still be refreshed, gone back to, and sent to a colleague.
"""

import re
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken
from flask import current_app, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from server.access import allow
from server.console.listing import address
from server.console.page import console
from server.problems import Refused
from server.store.sealing import seal, unseal

SEARCHED = ("search", "author", "target")  # the fields of filters into which people type
A_NUMBER = re.compile(r"\d(?:[\s-]*\d){6,}")  # an ID or telephone number, or a good part of one
SEALED = "~"


@console.post("/searches")
@allow("signed_in")
def send_filters():
    """A filter form was sent: on to the address of the view that it asks for. Refuses: request.unreadable (no page of the console)."""
    page = request.form.get("page", "")
    if not _is_page(page):
        raise Refused("request.unreadable")
    chosen = [(name, value) for name, value in request.form.items(multi=True) if value and name not in ("page", "csrf_token")]
    return redirect(_address(page, chosen), 303)


def searched(name: str = "search") -> str | None:
    """The text that this view is searched by."""
    text = request.args.get(name)
    if not text or not text.startswith(SEALED):
        return text
    try:
        return unseal(text.removeprefix(SEALED), current_app.config["SECRET_KEY"])
    except InvalidToken:
        raise Refused("request.unreadable") from None


def wanted_address() -> str:
    """The address that was asked for, numbers sealed."""
    return _address(request.path, request.args.items(multi=True))


@console.before_request
def seal_what_was_typed_into_the_address():
    """Somebody wrote the number there by hand, or an old link holds it: it goes on without."""
    open_ones = {name: _sealed(name, request.args[name]) for name in SEARCHED if name in request.args}
    if request.method == "GET" and any(request.args[name] != value for name, value in open_ones.items()):
        return redirect(address(**open_ones))
    return None


@console.record_once
def every_macro(state) -> None:
    state.app.jinja_env.globals["searched"] = searched


def _is_page(path: str) -> bool:
    """Whether this is the path of a page of the console: nothing else is led to."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RoutingException):
        return False
    return endpoint.startswith("console.")


def _address(path: str, fields) -> str:
    query = MultiDict((name, _sealed(name, value)) for name, value in fields)
    return f"{path}?{urlencode(list(query.items(multi=True)))}" if query else path


def _sealed(name: str, text: str) -> str:
    if name in SEARCHED and A_NUMBER.search(text):
        return SEALED + seal(text, current_app.config["SECRET_KEY"])
    return text
