"""Whether the rules can be read, and whether every channel takes a message: `alerts test`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from novalgo_analytics.notifications.notice import Kind, Level, Message
from novalgo_analytics.notifications.notifier import Telling
from novalgo_analytics.notifications.rules_file import read_rules
from novalgo_common.errors import SettingsError

MESSAGE = Message(
    kind=Kind.CHANNEL,
    level=Level.CRITICAL,
    title="a test of this channel",
    text="This is how NovAlgo tells you. Nothing is wrong.",
)


@dataclass(frozen=True)
class Trial:
    channels: Sequence[Telling]
    rules_path: Path

    def listed(self) -> list[dict[str, str]]:
        """Return the channels, each with the least level that it takes."""
        return [{"name": each.name, "least": each.least.value} for each in self.channels]

    async def run(self) -> dict[str, object]:
        """Return what is wrong with the rules, or None, and which channels took the message."""
        took = await asyncio.gather(*(asyncio.to_thread(_send, each) for each in self.channels))
        return {
            "rules": str(self.rules_path),
            "problem": await asyncio.to_thread(_problem, self.rules_path),
            "channels": [
                {**channel, "took": ok} for channel, ok in zip(self.listed(), took, strict=True)
            ],
        }


def _send(channel: Telling) -> bool:
    try:
        return channel.send(MESSAGE)
    except Exception:  # whatever a service's plugin raises, it did not take the message
        return False


def _problem(path: Path) -> str | None:
    try:
        read_rules(path)
    except SettingsError as error:
        return str(error)
    return None
