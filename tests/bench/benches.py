"""All benches by name. Each is a function of an Effort that gives its figures; a new one gets its line here."""

from tests.bench import lists
from tests.bench.figures import Bench

BENCHES: dict[str, Bench] = {
    "lists": lists.all_lists,
    "large-list": lists.one_large_list,
}
