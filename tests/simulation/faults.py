"""What goes wrong, and how often.  Each run draws rates of its own: each has its own weather."""

import random
from collections import Counter

RATES = (0.0, 0.0, 0.02, 0.1, 0.3)

BROKER = (
    "refused connection",
    "429",
    "reset before accept",
    "reset after accept",
    "5xx after accept",
    "hang",
    "hang, then accepted late",
    "hang, then accepted after it was given up",
    "unreadable answer",
    "order refused",
    "read failed",
    "slow read",
    "invisible at first",
    "position late",
    "activity late",
    "event late",
    "no quote",
)
ORDERS = ("partial fill", "stall", "canceled by the market", "rejected by the market")
STREAM = ("update lost", "update twice", "update late", "stream cut")
BUS = ("publish refused", "confirm lost", "redelivered", "delivery late", "nobody answers")
STORE = ("database locked",)
KINDS = BROKER + ORDERS + STREAM + BUS + STORE


class Faults:
    """The dice of a run; `stop` ends all faults for good."""

    def __init__(self, chance: random.Random, tally: Counter[str]) -> None:
        self._chance = chance
        self._tally = tally
        self._over = False
        calm = chance.random() < 0.1
        self._rates = {kind: 0.0 if calm else chance.choice(RATES) for kind in KINDS}
        self._rates["database locked"] /= 5
        if chance.random() < 0.1:
            self._rates["read failed"] = 0.7

    def happens(self, kind: str) -> bool:
        """Draw whether this goes wrong now, and count it."""
        rate = self._rates[kind]
        if self._over or not rate or self._chance.random() >= rate:
            return False
        self._tally[kind] += 1
        return True

    def stop(self) -> None:
        self._over = True

    def seconds(self, least: float, most: float) -> float:
        return self._chance.uniform(least, most)
