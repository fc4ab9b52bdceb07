"""When to read and when to write: within Google's 60 of each a minute, and slower after failures.

Times are seconds of a clock that only goes forward.
"""

from dataclasses import dataclass, replace

LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When the next request of one kind may leave."""

    every: float
    due: float = 0.0
    failures: int = 0
    """In a row."""

    def after_success(self, now: float) -> "Pace":
        return replace(self, due=now + self.every, failures=0)

    def after_failure(self, now: float, *, retry_after: float, chance: float) -> "Pace":
        """Wait 2, 4, 8 ... seconds, at least what the server asked for.

        `chance` (0 to 1) takes off up to half of it, so that many clients do not return at once.
        """
        longest = min(LONGEST_WAIT, 2.0 ** min(self.failures + 1, 10))
        wait = max(self.every, retry_after, longest * (1 - chance / 2))
        return replace(self, due=now + wait, failures=self.failures + 1)


def reading() -> Pace:
    """Return the pace of reads: 30 a minute of the 60 that Google allows."""
    return Pace(every=2.0)


def writing() -> Pace:
    """Return the pace of writes: at most 40 a minute."""
    return Pace(every=1.5)
