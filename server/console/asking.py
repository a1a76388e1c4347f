"""A page that asks before it does one thing: a form, one operation, and back. What was typed stays when a rule says no."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from flask import current_app, flash, redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from server.access import staff
from server.console.language import language
from server.console.page import show
from server.console.shown import now
from server.domain.acts import Verdict
from server.domain.write_path import perform_one
from server.problems import Refused, sentence, status_of


class Question(FlaskForm):
    """A form of the console. `refusal` is the sentence of the rule that said no."""

    refusal: str | None = None


class ReasonForm(Question):
    """Many acts only want to know why."""

    reason = TextAreaField(_l("原因"), [InputRequired(), Length(max=500)])


class MomentField(DateTimeLocalField):
    """A moment as people read it on the wall: local on the page, UTC inside."""

    def __init__(self, label, validators=(), **options):
        super().__init__(label, [Optional(), *validators], format="%Y-%m-%dT%H:%M", **options)

    def process_formdata(self, valuelist) -> None:
        super().process_formdata(valuelist)
        if self.data:
            zone = current_app.config["BIHUAN"].time_zone
            self.data = self.data.replace(tzinfo=zone).astimezone(UTC)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(current_app.config["BIHUAN"].time_zone).strftime("%Y-%m-%dT%H:%M") if self.data else ""


class ChoiceField(SelectField):
    """One of a list that is known only when the page is shown; the first entry means "not chosen"."""

    def __init__(self, label, validators=(), **options):
        super().__init__(label, list(validators), coerce=lambda value: value or None, validate_choice=True, **options)

    def offer(self, choices: list[tuple[str, str]], empty: str | None = None) -> None:
        """The choices of this page, with an empty one first."""
        self.choices = choices_from([("", empty if empty is not None else _("请选择")), *choices])


def choices_from(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """(value, what it is called) as the form library takes them."""
    return [SelectChoice(value, label) for value, label in pairs]


def line_field(label, max_length: int = 60, required: bool = True, **options) -> StringField:
    """One line of text."""
    return StringField(label, [InputRequired() if required else Optional(), Length(max=max_length)], **options)


def act(type: str, target: str | None = None, **args) -> Verdict:
    """One operation of the signed-in person, now. Raises Refused."""
    return perform_one(type, target=target, author=staff(), at=now(), **args)


def ask(form: Question, *, title: str, back: str, then: Callable[[], object], done: str | None = None, template: str = "ask", **values):
    """Show the form; when it came back whole, do it and go on to `back` (or to where `then` says).

    A refusal is shown on the form, with the status of its code and with everything that was typed.
    """
    status = 200
    if form.validate_on_submit():
        try:
            onward = then()
        except Refused as refusal:
            form.refusal = sentence(refusal.code, language(), **refusal.values)
            status = status_of(refusal.code)
        else:
            flash(done or _("已办：%(what)s", what=title))
            return redirect(onward if isinstance(onward, str) else back)
    elif form.is_submitted():
        form.refusal = sentence("request.unreadable", language())
        status = 422
    return show(template, form=form, heading=title, back=back, **values), status


def as_text(moment: datetime | None) -> str | None:
    return moment and moment.isoformat()
