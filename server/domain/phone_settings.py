"""What phones must know of this server's settings, as records of their own: a gate that counts minutes counts the same on both sides."""

from sqlalchemy import select

from server.domain.acts import Act
from server.store.reference import Setting


def tell_settings(act: Act, **values: object) -> None:
    """Tell phones these settings (id: value). One that says what is known already changes nothing."""
    known = {row.id: row for row in act.work.session.scalars(select(Setting))}
    for id, value in values.items():
        row = known.get(id)
        if row is None:
            act.add(Setting(id=id, value=value))
        elif row.value != value:
            row.value = value
            act.touch(row)
