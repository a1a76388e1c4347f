"""The transfers of the demo's day: for whom, where to, and what befalls each. Written by hand, for life on every screen."""

from dataclasses import dataclass

HOTEL_OF_THE_DEMO = "S021"
OPENED_TODAY = "S003"  # a hotel in reserve that the city desk opens in the morning


@dataclass(frozen=True)
class Trip:
    """One transfer: made at `at`, about `people` of `unit` and one class, to the site with this code.

    `driver` is an account's name, else anybody free. `goes_until` is the last thing its crew does before the demo begins:
    planned, verified, prepared, aboard, or closed (as far as time allows). `befalls`: see stories.py.
    """

    at: str
    unit: str
    group: str
    people: int
    site: str
    driver: str | None = None
    escort: str | None = None
    depart: str | None = None
    backup: str | None = None
    goes_until: str = "closed"
    befalls: str | None = None


CONTACTS, POSITIVES, SECOND = "close_contact", "positive", "secondary_contact"

TRIPS = (
    # finished by eight in the evening
    Trip("12:06", "宽城区", CONTACTS, 3, "S021", driver="driver1", escort="escort1"),
    Trip("12:10", "宽城区", POSITIVES, 3, "S040"),
    Trip("12:14", "宽城区", CONTACTS, 12, "S003"),
    Trip("12:22", "二道区", CONTACTS, 6, "S018"),
    Trip("12:31", "绿园区", POSITIVES, 6, "S044", driver="driver2", befalls="two_rooms"),
    Trip("12:47", "南关区", CONTACTS, 4, "S030", befalls="absent"),
    Trip("13:05", "朝阳区", CONTACTS, 5, "S039"),
    Trip("13:20", "宽城区", CONTACTS, 14, "S003", befalls="by_telephone"),
    Trip("13:48", "绿园区", CONTACTS, 5, "S002"),
    Trip("14:15", "经开区", POSITIVES, 4, "S042"),
    Trip("14:40", "二道区", POSITIVES, 8, "S043", befalls="told_twice"),
    Trip("15:10", "长春新区", CONTACTS, 5, "S032"),
    # on the way
    Trip("18:12", "二道区", CONTACTS, 7, "S010"),
    Trip("18:31", "绿园区", POSITIVES, 6, "S045", befalls="emergency"),
    Trip("18:33", "宽城区", CONTACTS, 15, "S003"),
    Trip("18:41", "南关区", POSITIVES, 6, "S044"),
    Trip("18:52", "朝阳区", POSITIVES, 5, "S041"),
    Trip("19:01", "绿园区", POSITIVES, 5, "S044", driver="driver2", goes_until="aboard"),
    Trip("19:03", "宽城区", CONTACTS, 3, "S021", goes_until="aboard"),
    Trip("19:05", "二道区", CONTACTS, 8, "S038", backup="S018", befalls="refused"),
    # planned
    Trip("19:20", "宽城区", CONTACTS, 5, "S021", driver="driver1", escort="escort1", depart="20:45", backup="S003", goes_until="planned",
         befalls="many_needs"),
    Trip("19:24", "宽城区", CONTACTS, 10, "S003", depart="20:50", goes_until="verified"),
    Trip("19:28", "宽城区", SECOND, 6, "S003", depart="21:00", goes_until="verified"),
    Trip("19:31", "绿园区", CONTACTS, 6, "S026", depart="20:40", goes_until="prepared"),
    Trip("19:36", "南关区", CONTACTS, 6, "S037", depart="21:10", goes_until="verified"),
    Trip("19:40", "朝阳区", CONTACTS, 6, "S025", depart="21:15", goes_until="planned"),
    Trip("19:44", "二道区", POSITIVES, 4, "S044", driver="driver2", depart="22:10", goes_until="planned"),
    Trip("19:48", "二道区", CONTACTS, 4, "S007", depart="21:30", goes_until="planned"),
    Trip("19:53", "宽城区", CONTACTS, 12, "S003", depart="21:40", goes_until="planned"),
    Trip("19:57", "朝阳区", CONTACTS, 6, "S024", depart="22:00", goes_until="planned"),
)  # fmt: skip
