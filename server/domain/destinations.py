"""Where a transfer goes: a site, a hospital, home, or a place outside the register (a destination of its own kind, and counted)."""

from dataclasses import dataclass

from server.domain.acts import Act
from server.domain.choosing_rooms import receiving_site
from server.problems import Refused
from server.store.areas import Community
from server.store.sites import Hospital, Site


@dataclass(frozen=True)
class Destination:
    """One destination; only the fields of its kind are set."""

    kind: str
    site: Site | None = None
    hospital_id: str | None = None
    community_id: str | None = None
    place: dict | None = None

    def columns(self) -> dict:
        """How a transfer keeps it."""
        return {
            "destination_kind": self.kind,
            "site_id": self.site and self.site.id,
            "hospital_id": self.hospital_id,
            "community_id": self.community_id,
            "place": self.place,
        }


def destination_of(act: Act, told: dict, category: str | None) -> Destination:
    """The destination a desk named. Refuses: transfer.no_destination, site.unknown, site.not_open, site.category, target.unknown."""
    kind, id = told.get("kind"), told.get("id")
    if kind == "site":
        return Destination(kind, site=receiving_site(act, id, category))
    if kind == "hospital":
        return Destination(kind, hospital_id=_known(act, Hospital, id))
    if kind == "home":
        return Destination(kind, community_id=_known(act, Community, id))
    if kind == "elsewhere" and (told.get("name") or "").strip():
        return Destination(kind, place={field: told.get(field) for field in ("name", "address", "phone")})
    raise Refused("transfer.no_destination")


def _known(act: Act, table: type, id: str | None) -> str:
    if id is None or act.work.session.get(table, id) is None:
        raise Refused("target.unknown")
    return id
