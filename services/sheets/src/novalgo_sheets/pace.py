"""When to read and when to write: within Google's 60 of each a minute, and slower after failures.

Times are seconds of a clock that only goes forward.
"""

from dataclasses import dataclass, replace

LONGEST_WAIT = 30.0
LONGEST_ASKED = 300.0
"""The longest wait that a server may ask for: whatever it says, we look again."""
READS_A_MINUTE = 29
"""And one look at which tabs there are: 30 of the 60."""
SECOND_LOOK_AFTER = 0.4
SECOND_LOOKS_A_MINUTE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When the next request of one kind may leave."""

    every: float
    due: float = 0.0
    failures: int = 0
    """In a row."""
    sooner: tuple[float, ...] = ()
    """When the second looks of the last minute were asked for."""

    def after_success(self, now: float) -> "Pace":
        return replace(self, due=now + self.every, failures=0)

    def after_failure(self, now: float, *, retry_after: float, chance: float) -> "Pace":
        """Wait 2, 4, 8 ... seconds, at least what the server asked for.

        `chance` (0 to 1) takes off up to half of it, so that many clients do not return at once.
        """
        longest = min(LONGEST_WAIT, 2.0 ** min(self.failures + 1, 10))
        asked = min(LONGEST_ASKED, retry_after)
        wait = max(self.every, asked, longest * (1 - chance / 2))
        return replace(self, due=now + wait, failures=self.failures + 1)

    def with_second_look(self, now: float) -> "Pace":
        """Look again at once, where the last minute has not had too many second looks."""
        recent = tuple(at for at in self.sooner if at > now - 60)
        if len(recent) >= SECOND_LOOKS_A_MINUTE:
            return replace(self, sooner=recent)
        due = min(self.due, now + SECOND_LOOK_AFTER)
        return replace(self, due=due, sooner=(*recent, now))


def reading() -> Pace:
    """Return the pace of reads: every 2 s."""
    return Pace(every=60 / READS_A_MINUTE)


def writing() -> Pace:
    """Return the pace of writes: at most 40 a minute."""
    return Pace(every=1.5)
