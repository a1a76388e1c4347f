"""How many invented examples a property test lives."""

import os

from hypothesis import HealthCheck, Phase, settings

MANY = int(os.environ.get("HISTORIES", "0"))


def histories(usual: int) -> settings:
    """Settings of such a test: `make test` lives the same `usual` examples each time, `HISTORIES=500` invents so many anew."""
    return settings(
        max_examples=MANY or usual,
        derandomize=not MANY,
        deadline=None,
        phases=list(Phase) if MANY else [Phase.explicit, Phase.generate],  # making a failure smaller takes minutes
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
