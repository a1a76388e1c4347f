"""HTML doors for staff, one file per page family."""

from flask import Flask, g, redirect, request, url_for


def join(app: Flask) -> None:
    """Register the console's pages and what its templates may call."""


def language() -> str:
    """The language of this request: the user's, else what the browser asks for, else Chinese."""
    if g.get("user"):
        return g.user.language
    return request.accept_languages.best_match(["zh", "en"], default="zh")


def to_sign_in():
    return redirect("/")
