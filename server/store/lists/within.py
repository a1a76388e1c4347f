"""The part of the register that a reader reaches, and each noun's condition for it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select, true

from server.store.conflicts import Conflict
from server.store.people import Person
from server.store.rooms import Stay
from server.store.sites import Site
from server.store.transfers import Assignment, Line, Transfer


@dataclass(frozen=True)
class Within:
    """Everything, or one area, some sites, some compounds, the transfers of one crew member. Nothing when all is empty."""

    everything: bool = False
    area: str | None = None
    sites: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    crew: str | None = None

    def people(self) -> ColumnElement[bool]:
        """People the area answers for, people bound for or staying at the sites, people of the compounds, people on own transfers."""
        if self.area:
            return Person.responsible_area_id == self.area
        if self.sites:
            bound = select(Line.person_id).join(Transfer).where(Line.open, Transfer.site_id.in_(self.sites))
            staying = select(Stay.person_id).where(Stay.site_id.in_(self.sites), Stay.ended_at.is_(None))
            return or_(Person.id.in_(bound), Person.id.in_(staying))
        if self.communities:
            return Person.community_id.in_(self.communities)
        if self.crew:
            return Person.id.in_(select(Line.person_id).join(Transfer).where(self.transfers()))
        return self._all_or_nothing()

    def transfers(self) -> ColumnElement[bool]:
        """Transfers of the area, to or from the sites, back to the compounds, of the crew as long as it has them on its phones."""
        if self.area:
            return Transfer.area_id == self.area
        if self.sites:
            ends = (Transfer.site_id, Transfer.origin_site_id, Transfer.backup_site_id)
            return or_(*(end.in_(self.sites) for end in ends))
        if self.communities:
            return Transfer.community_id.in_(self.communities)
        if self.crew:
            present = select(Assignment.transfer_id).where(Assignment.user_id == self.crew, Assignment.to_at.is_(None))
            return Transfer.crew_sees & Transfer.id.in_(present)
        return self._all_or_nothing()

    def places(self) -> ColumnElement[bool]:
        """Sites."""
        if self.area:
            return Site.area_id == self.area
        if self.sites:
            return Site.id.in_(self.sites)
        return self._all_or_nothing()

    def conflicts(self) -> ColumnElement[bool]:
        """Conflict items of the area, the sites, or raised by the crew member's own words."""
        if self.area:
            return Conflict.area_id == self.area
        if self.sites:
            return Conflict.site_id.in_(self.sites)
        if self.crew:
            return Conflict.author_id == self.crew
        return self._all_or_nothing()

    def area_rows(self, column) -> ColumnElement[bool]:
        """Rows of any table with an area of their own."""
        if self.area:
            return column == self.area
        return self._all_or_nothing()

    def _all_or_nothing(self) -> ColumnElement[bool]:
        return true() if self.everything else false()
