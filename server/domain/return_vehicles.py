"""Which vehicle could carry people home from a site: one that goes back anyway, clean and of the same class, before one that must come."""

from dataclasses import dataclass

from server.domain.stops import km_between
from server.domain.vehicles import usable_seats
from server.store.lists.returns import ParkedVehicle
from server.store.sites import Site
from server.store.transfers import Vehicle

NEAR_KM = 15  # D: half an hour in town


@dataclass(frozen=True)
class Proposal:
    """A clean vehicle for a return. `where` is `here`, `near` (`km` away) or `elsewhere`; `goes_back` when its own area is theirs."""

    vehicle: Vehicle
    where: str
    km: float | None
    goes_back: bool

    @property
    def seats(self) -> int:
        return usable_seats(self.vehicle)


def proposals(parked: list[ParkedVehicle], site: Site, category: str, area_id: str | None) -> list[Proposal]:
    """Clean vehicles whose last people were of this class (or that carried nobody yet), at the site first, then near it, then those that
    go back to the people's own area, the largest first."""
    found = [_proposal(one, site, area_id) for one in parked if one.vehicle.last_category in (None, category)]
    places = ("here", "near", "elsewhere")
    return sorted(found, key=lambda one: (places.index(one.where), not one.goes_back, -one.seats, one.vehicle.plate))


def _proposal(one: ParkedVehicle, site: Site, area_id: str | None) -> Proposal:
    goes_back = area_id is not None and one.vehicle.area_id == area_id
    if one.site is None:
        return Proposal(one.vehicle, "elsewhere", None, goes_back)
    if one.site.id == site.id:
        return Proposal(one.vehicle, "here", 0, goes_back)
    located = None not in (one.site.lat, one.site.lng, site.lat, site.lng)
    km = km_between((one.site.lat, one.site.lng), (site.lat, site.lng)) if located else None
    return Proposal(one.vehicle, "near" if km is not None and km <= NEAR_KM else "elsewhere", km, goes_back)
