"""Chinese in the sources, English from the catalogue: `translations/en/LC_MESSAGES/messages.po`, compiled when the server starts."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain

LANGUAGES = ("zh", "en")
KNOWN = "bihuan.language"
CATALOGUE = Path(__file__).resolve().parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def join_languages(app: Flask) -> None:
    """Give templates and forms their `_()`."""
    english()
    InMemory(app, default_locale="zh", locale_selector=language)


def language() -> str:
    """The language of this request: what was chosen here, else the user's, else what the browser asks for, else Chinese."""
    if not g.get("user"):
        return _language()
    if KNOWN not in request.environ:  # a page asks a thousand times
        request.environ[KNOWN] = _language()
    return request.environ[KNOWN]


def _language() -> str:
    chosen = request.cookies.get("language")
    if chosen in LANGUAGES:
        return chosen
    if g.get("user"):
        return g.user.language if g.user.language in LANGUAGES else "zh"
    return request.accept_languages.best_match(LANGUAGES, default="zh")


@cache
def english() -> Translations:
    """The English catalogue, once a process. No compiled file lies about, so none can be old."""
    compiled = BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="en"))
    compiled.seek(0)
    return Translations(compiled)


class _Catalogue(Domain):
    def get_translations(self) -> NullTranslations:
        return english() if language() == "en" else NullTranslations()


class InMemory(Babel):
    """Flask-Babel with the catalogue above instead of compiled files."""

    domain_instance = _Catalogue()
