"""What an operation put in the place of what, kept beside it in the log: a wrong tap can be taken back exactly.

An entry is `{"row", "id", "field", "key", "was", "now"}`. `key` names one entry of a JSON column: a name in a dictionary, or the `id`
of an entry in a list. A row that the operation made is `{"row", "id", "made": true}`.
"""

from datetime import date, datetime
from functools import cache

from server.store.database import Base, UtcTime


def set_noted(row: Base, field: str, value: object, key: str | None = None) -> dict | None:
    """Set a column (or one entry of it) and give the note of it; None when it stood there already."""
    was = _value(row, field, key)
    if was == value:
        return None
    _set(row, field, key, value)
    return {**name_of(row), "field": field, "key": key, "was": _kept(was), "now": _kept(value)}


def name_of(row: Base) -> dict:
    """Which row it is: the table and the id."""
    return {"row": row.__tablename__, "id": getattr(row, _key_of(type(row)))}


@cache
def _key_of(table: type[Base]) -> str:
    """The name of its id: `id`, or of a row that stands beside a person `person_id`."""
    [column] = table.__table__.primary_key
    return column.name


def still_stands(row: Base, entry: dict) -> bool:
    """Whether nothing has been put in its place since."""
    return _kept(_value(row, entry["field"], entry["key"])) == entry["now"]


def put_back(row: Base, entry: dict) -> None:
    """Put what stood there before into its place again."""
    was, field = entry["was"], entry["field"]
    if entry["key"] is None and was is not None:
        kind = row.__table__.c[field].type
        if isinstance(kind, UtcTime):
            was = datetime.fromisoformat(was)
        elif getattr(kind, "python_type", None) is date:
            was = date.fromisoformat(was)
    _set(row, field, entry["key"], was)


def _value(row: Base, field: str, key: str | None) -> object:
    whole = getattr(row, field)
    if key is None:
        return whole
    if isinstance(whole, list):
        return next((entry for entry in whole if entry.get("id") == key), None)
    return (whole or {}).get(key)


def _set(row: Base, field: str, key: str | None, value: object) -> None:
    """JSON columns are replaced, never changed in place: only so does the session see the change."""
    if key is None:
        setattr(row, field, value)
        return
    whole = getattr(row, field)
    if isinstance(whole, list):
        others = [entry for entry in whole if entry.get("id") != key]
        setattr(row, field, others if value is None else [*others, value])
    elif value is None:
        setattr(row, field, {name: entry for name, entry in whole.items() if name != key})
    else:
        setattr(row, field, {**(whole or {}), key: value})


def _kept(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
