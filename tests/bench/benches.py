"""All benches by name. Each is a function of an Effort that gives its figures; a new one gets its line here."""

from tests.bench import console, large_list, lists, load, phone, rooms, sync
from tests.bench.figures import Bench

BENCHES: dict[str, Bench] = {
    "lists": lists.all_lists,
    "large-list": large_list.one_large_list,
    "first-page": console.first_page,
    "rooms": rooms.rooms_on_sqlite,
    "rooms-postgres": rooms.rooms_on_postgres,
    "rooms-history": rooms.rooms_with_long_history,
    "first-screen": phone.first_screen,
    "tap": phone.tap_to_saved,
    "cold-start": phone.cold_start,
    "judged": sync.judged_operations,
    "judged-postgres": sync.judged_on_postgres,
    "round": sync.one_round,
    "first-sync": sync.first_sync,
    "reconnect": load.evening_reconnect,
    "steady-day": load.steady_day,
    "first-5000": load.first_sync_of_many,
}
