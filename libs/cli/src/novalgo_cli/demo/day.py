"""Lives through the planned day: sends its alerts, edits its sheet, and waits where it says so."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from novalgo_cli.demo.alert import Alert, Answer
from novalgo_cli.demo.plan import BURST, CloseMarket, EditSheet, Send, Settle, Step
from novalgo_cli.demo.progress import Progress
from novalgo_cli.demo.rows import Book
from novalgo_cli.demo.sheet import edit_cell
from novalgo_cli.demo.surroundings import Surroundings
from novalgo_cli.demo.town import Posted, Town, until

MINUTE = 0.035
"""Seconds that a minute of the day takes."""


@dataclass
class Diary:
    """What was sent and what came back."""

    answers: Counter[Answer] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    """Answers that were not the expected ones."""
    signals: set[str] = field(default_factory=set)
    """Ids of all that were stored."""
    queued: str = ""
    """The signal whose order is left waiting for the next open."""

    def note(self, alert: Alert, posted: Posted) -> None:
        self.answers[posted.answer] += 1
        if posted.answer is not alert.expected:
            symbol, timeframe = alert.book
            self.surprises.append(
                f"{alert.action} {symbol} {timeframe}: {posted.answer}, not {alert.expected}"
            )
        if posted.signal_id is not None:
            self.signals.add(posted.signal_id)
            self.queued = posted.signal_id


@dataclass(frozen=True)
class TradingDay:
    surroundings: Surroundings
    town: Town
    progress: Progress
    diary: Diary = field(default_factory=Diary)

    async def live(self, steps: Sequence[Step]) -> Diary:
        """Go through the steps; a day whose system is slow takes longer, but loses nothing."""
        clock, minute = time.monotonic(), 0
        for step in steps:
            ahead = (step.at - minute) * MINUTE - (time.monotonic() - clock)
            if ahead > 0:
                await asyncio.sleep(ahead)
            if step.at > minute:
                clock, minute = time.monotonic(), step.at
            await self._take(step)
            self.progress.reached(step.at, self.diary.answers)
        return self.diary

    async def _take(self, step: Step) -> None:
        match step:
            case Send():
                if len(step.alerts) >= BURST:
                    burst = f"bar close: {len(step.alerts)} alerts at one instant"
                    self.progress.tell(step.at, burst)
                await self._send(step)
            case EditSheet():
                self.progress.tell(step.at, f"the sheet is edited: {step.tells}")
                await self._edit(step)
            case Settle():
                await until("every signal had its ending", self._all_ended)
            case CloseMarket():
                self.progress.tell(step.at, "the market closes; prices stand still")
                await self.town.stop_the_market()
            case _:
                assert_never(step)

    async def _send(self, step: Send) -> None:
        if step.together:
            await asyncio.gather(*(self._post(alerts) for alerts in _by_chart(step.alerts)))
        else:
            await self._post(step.alerts)

    async def _post(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            self.diary.note(alert, await self.town.post(alert))

    async def _edit(self, step: EditSheet) -> None:
        symbol, timeframe = step.book
        edit_cell(self.surroundings.config_tab, step.book, step.column, step.value)
        wanted = float(step.value) if step.column == "position_size" else None

        async def is_known() -> bool:
            return (await self.town.config()).get(f"{symbol} {timeframe}") == wanted

        await until("ingest knew of the edit", is_known)

    async def _all_ended(self) -> bool:
        receipts = await self.town.signals()
        return all(receipt["ending"] for receipt in receipts)


def _by_chart(alerts: Iterable[Alert]) -> list[list[Alert]]:
    charts: dict[Book, list[Alert]] = {}
    for alert in alerts:
        charts.setdefault(alert.book, []).append(alert)
    return list(charts.values())
