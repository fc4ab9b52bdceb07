"""One address that the owner is told at, by Apprise: the only place that imports it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from novalgo_analytics.notifications.notice import Level, Message
from novalgo_common.errors import SettingsError

# Apprise takes a quarter of a second to import, and only who notifies needs it.
# ruff: noqa: PLC0415

ATTACHED = (".csv", ".png", ".html")
_TYPES = {Level.INFO: "info", Level.WARNING: "warning", Level.CRITICAL: "failure"}


@dataclass(frozen=True)
class Channel:
    name: str
    """What it is called in logs and messages: its kind and place, never its address."""
    least: Level
    _address: str

    @property
    def is_mail(self) -> bool:
        return urlsplit(self._address).scheme.startswith("mailto")

    def send(self, message: Message) -> bool:
        """Hand the message over; return whether the service took it.  It blocks, for seconds."""
        import apprise

        sender = apprise.Apprise()
        if not sender.add(self._told_how()):
            return False
        images = _files(message.folder) if message.folder else []
        body = self._html(message, images) if self.is_mail else message.text
        return bool(
            sender.notify(
                body=body,
                title=f"NovAlgo: {message.title}",
                notify_type=_TYPES[message.level],
                body_format="html" if self.is_mail else "text",
                attach=self._attached(images),
            )
        )

    def _told_how(self) -> str:
        """Return the address with charts inside mails, and short waits everywhere."""
        extra = ["cto=10", "rto=20", *(["inline=yes"] if self.is_mail else [])]
        return f"{self._address}{'&' if '?' in self._address else '?'}{'&'.join(extra)}"

    def _attached(self, files: Sequence[Path]) -> Any:
        import apprise

        wanted = files if self.is_mail else [path for path in files if path.name == "equity.png"]
        attachment = apprise.AppriseAttachment()
        for path in wanted:
            attachment.add(str(path))
        return attachment if wanted else None

    def _html(self, message: Message, files: Sequence[Path]) -> str:
        mail = Path(message.folder) / "mail.html" if message.folder else None
        if mail is not None and mail.exists():
            return mail.read_text(encoding="utf-8")
        from novalgo_analytics.templating import templates

        page: str = templates().get_template("notice.html").render(message=message)
        return page


def channels(addresses: Sequence[str]) -> list[Channel]:
    """Return the channels of `NOTIFY_URLS`; raise `SettingsError` for one that is none.

    An address may begin with a level and a bar: `critical|twilio://…` is told no less.
    """
    import apprise

    found = []
    for number, given in enumerate(addresses, start=1):
        level, bar, address = given.rpartition("|")
        if bar and level not in list(Level):
            raise SettingsError(
                f"NOVALGO_NOTIFY_URLS: the level of address {number} is none of {', '.join(Level)}"
            )
        if apprise.Apprise.instantiate(address, suppress_exceptions=True) is None:
            raise SettingsError(
                f"NOVALGO_NOTIFY_URLS: address {number} is none that Apprise knows "
                "(https://appriseit.com/services/)"
            )
        scheme = urlsplit(address).scheme
        found.append(Channel(f"{scheme} ({number})", Level(level) if bar else Level.INFO, address))
    return found


def _files(folder: str) -> list[Path]:
    return sorted(
        path
        for path in Path(folder).iterdir()
        if path.suffix in ATTACHED and path.name != "mail.html"
    )
