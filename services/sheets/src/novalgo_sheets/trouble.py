"""When trouble with the sheet is worth an alarm: not for a blip, and once an episode."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from novalgo_common.events import AlarmRaised
from novalgo_sheets.config_tab import Trouble, Unusable

_GRACE = {
    Trouble.UNREADABLE: timedelta(seconds=30),  # a quota or a restart passes by itself
    Trouble.MISSING: timedelta(seconds=3),
    Trouble.EMPTY: timedelta(seconds=3),  # somebody is cutting and pasting, or saving the file
    Trouble.HEADERS: timedelta(seconds=3),
}


@dataclass(frozen=True, slots=True)
class Episode:
    """The sheet cannot be used, and has not been since."""

    unusable: Unusable
    since: datetime

    def goes_on_as(self, unusable: Unusable, now: datetime) -> "Episode":
        is_the_same = unusable.trouble is self.unusable.trouble
        return Episode(unusable, self.since if is_the_same else now)

    def is_lasting(self, now: datetime) -> bool:
        return now - self.since >= _GRACE[self.unusable.trouble]

    def alarm(self, now: datetime, event_id: UUID, *, has_config: bool) -> AlarmRaised:
        return AlarmRaised(
            event_id=event_id,
            occurred_at=now,
            correlation_id=event_id,
            service="sheets",
            code=self.unusable.trouble.value,
            message=self.sentence(has_config=has_config),
        )

    def sentence(self, *, has_config: bool) -> str:
        kept = "the last good config stays in force" if has_config else "there is no config yet"
        return f"{self.unusable.message}; {kept}"
