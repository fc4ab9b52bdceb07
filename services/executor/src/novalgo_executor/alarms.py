"""Tells the owner what needs attention, through the outbox."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from novalgo_common.clock import Clock
from novalgo_common.events import AlarmRaised
from novalgo_executor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """Every method raises `UnavailableError` when the store fails."""

    store: Store
    clock: Clock
    new_id: Callable[[], UUID]
    _standing: set[str] = field(default_factory=set)

    async def tell(
        self, code: str, message: str, *, symbol: str | None = None, about: UUID | None = None
    ) -> None:
        """Raise an alarm; one with the same `about` is told once for ever."""
        event_id = about or self.new_id()
        await self.store.announce(
            AlarmRaised(
                event_id=event_id,
                correlation_id=event_id,
                occurred_at=self.clock(),
                service="executor",
                code=code,
                message=message,
                symbol=symbol,
            )
        )

    async def stand(self, code: str, message: str | None) -> None:
        """Raise an alarm when a condition begins; None says that it is over."""
        if message is None:
            self._standing.discard(code)
        elif code not in self._standing:
            await self.tell(code, message)
            self._standing.add(code)
