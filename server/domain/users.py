"""Users: who may sign in, in which role, and where."""

from sqlalchemy import select

from server.domain.acts import Act, new_id
from server.domain.permissions import PERMISSIONS
from server.problems import Refused
from server.store.users import User

SITE_ROLES = ("receiver", "site_head")
AREA_ROLES = ("district_desk", "partner_desk")


def add_user(act: Act, *, username: str, name: str, role: str, **values) -> str:
    """A new user, without a password: an invitation or the operator gives one.

    Refuses: request.unreadable (unknown role), user.name_taken, user.site_missing, user.area_missing.
    """
    if role not in PERMISSIONS:
        raise Refused("request.unreadable")
    if role in SITE_ROLES and not values.get("site_id"):
        raise Refused("user.site_missing")
    if role in AREA_ROLES and not values.get("area_id"):
        raise Refused("user.area_missing")
    session = act.work.session
    if session.scalar(select(User.id).where(User.username == username)):
        raise Refused("user.name_taken", username=username)
    user = User(id=new_id(), username=username, name=name, role=role, **values)
    return act.add(user).id
