"""Is the room register in balance: what comes in, what goes out, how long the rooms last (S0-2). The formulas of domain §6.2, pure.

`people in` are check-ins N, `people out` check-outs X of one place and period. Days may be parts of a day; rooms are whole where counted.
"""

from dataclasses import dataclass

BAND = (0.9, 1.1)  # proposed band of the balance ratio (§6.2, a design proposal, no outside authority)


@dataclass(frozen=True)
class Flow:
    """What went in and out of one place in a period, and the rooms ready at its end."""

    came: int = 0
    left: int = 0
    ready: int = 0

    @property
    def net(self) -> int:
        """N − X; negative = rooms are being freed (§6.2)."""
        return self.came - self.left

    @property
    def ratio(self) -> float | None:
        """X ÷ N; 1 = balanced (§6.2). None while nobody came."""
        return self.left / self.came if self.came else None

    @property
    def standing(self) -> str | None:
        """`filling` below the band, `balanced` inside it, `emptying` above; None where no ratio stands (nobody came, nobody left)."""
        if self.ratio is None:
            return "emptying" if self.left else None
        low, high = BAND
        return "filling" if self.ratio < low else "emptying" if self.ratio > high else "balanced"

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(self.came + other.came, self.left + other.left, self.ready + other.ready)


def cover_days(ready: int, net_a_day: float) -> float | None:
    """Ready rooms ÷ expected net inflow per day = days left (§6.2). None where no more come in than go out: they last."""
    return ready / net_a_day if net_a_day > 0 else None
