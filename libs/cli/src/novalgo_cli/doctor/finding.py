"""One thing that the doctor looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about `subject`; a problem comes with how to mend it."""

    subject: str
    told: str
    mend: str = ""

    @property
    def is_problem(self) -> bool:
        return bool(self.mend)
