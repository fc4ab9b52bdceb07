"""Makes docs/images/: what analytics sends and writes, as it arrives.  `python -m tests.pictures`.

The report is made of a made-up history, mailed through a real SMTP server, sent to servers that
check what Twilio, Slack, Telegram and Discord require, and rendered by Chromium.  Run it anew when
what is shown has changed, and look at what it makes.
"""

import asyncio
import shutil
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import Message as Mail
from html import escape
from pathlib import Path
from typing import Any

import pytest

from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.notifications.channel import channels
from novalgo_analytics.notifications.notice import Kind, Level, Message
from novalgo_analytics.notifications.rules import parse_rules
from novalgo_analytics.notifications.rules_file import shipped
from novalgo_analytics.reports.gatherer import Gatherer
from novalgo_analytics.reports.postman import Postman
from novalgo_analytics.settings import Settings
from novalgo_analytics.store import Store
from novalgo_common.dead_letters import FileDeadLetters
from novalgo_common.events import Bar, BarsRequested, CashKind, Event
from novalgo_common.exchange_days import sessions
from novalgo_common.local_bus import LocalBus
from novalgo_common.store import Database
from tests.builders import a_bars_report, a_cash_movement
from tests.integration.test_channels import ADDRESSES, Mailbox, mail_server, turned_to_loopback
from tests.notification_services import Services
from tests.trading_history import History

IMAGES = Path("docs/images")
NOW = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)
HALT = Message(
    kind=Kind.HALT,
    level=Level.CRITICAL,
    title="Trading halted",
    text="Halted: everything. day_loss: $1,204.00 lost since the previous close",
)


async def main() -> None:
    box, services = Mailbox(), Services()
    with (
        tempfile.TemporaryDirectory() as name,
        mail_server(box) as address,
        turned_to_loopback(services, pytest.MonkeyPatch()),
    ):
        folder = Path(name)
        report = await _report(folder)
        told = channels([address, *ADDRESSES.values()])
        for channel in told:
            for message in (HALT, report):
                if not await asyncio.to_thread(channel.send, message):
                    raise SystemExit(f"{channel.name} did not take {message.title}")
        assert services.refused == []
        _picture(folder, Path(report.folder or "", "report.html"), "report", 1040, 3600)
        _picture(folder, _written(folder, "mail", _opened(box.mails[1])), "mail", 700, 2650)
        _picture(folder, _written(folder, "halt", _opened(box.mails[0])), "mail-halt", 700, 260)
        _picture(folder, _written(folder, "chats", _chats(services)), "messages", 900, 620)


async def _report(folder: Path) -> Message:
    """Return the daily report as the postman has it told."""
    days = [each.day for each in sessions(date(2026, 8, 3), date(2026, 11, 25))]
    history = History()
    events, closes = [*history.events(days), *_beside_the_trades()], history.closes(days)
    bus = LocalBus(FileDeadLetters(folder / "dead_letters.jsonl"))
    await bus.respond(BarsRequested, lambda event: _answer(event, closes))
    rules = parse_rules(shipped(), "alerts.toml")
    async with Database.open(Settings(data_dir=folder), "analytics") as database:
        store = Store(database, lambda: NOW)
        await asyncio.gather(*(store.record(event) for event in events))
        gatherer = Gatherer(store, Bookkeeper(store), bus, lambda: NOW, "SPY")
        await Postman(store, gatherer, rules, folder / "reports", lambda: NOW).send()
        notice = (await store.waiting_notices(list(Kind))).notices[0]
    await bus.close()
    return Message(
        kind=notice.kind,
        level=notice.level,
        title=notice.title,
        text=notice.text,
        folder=notice.folder,
    )


async def _answer(event: Event, closes: Sequence[Bar]) -> Event:
    assert isinstance(event, BarsRequested)
    bars = closes if event.symbol == "SPY" else ()
    return a_bars_report(symbol=event.symbol, timeframe=event.timeframe, bars=tuple(bars))


def _beside_the_trades() -> list[Event]:
    dividend = {"kind": CashKind.DIVIDEND, "amount": Decimal("6.24"), "activity": "DIV"}
    return [
        a_cash_movement(occurred_at=NOW, amount=Decimal("-0.41")),
        a_cash_movement(occurred_at=NOW, symbol="MSFT", **dividend),
    ]


def _opened(mail: Mail) -> str:
    """Return a mail as a program shows it: a header, and its HTML with its images in place."""
    html, images = "", {}
    for part in mail.walk():
        if part.get_content_type() == "text/html" and not part.get_filename():
            html = bytes(part.get_payload(decode=True)).decode()
        elif part["Content-ID"]:
            content = b64encode(bytes(part.get_payload(decode=True))).decode()
            images[part["Content-ID"].strip("<>")] = f"data:image/png;base64,{content}"
    for name, address in images.items():
        html = html.replace(f"cid:{name}", address)
    attached = [name for part in mail.walk() if (name := part.get_filename())]
    head = (
        '<div style="font:14px system-ui,sans-serif;padding:14px 18px;background:#fff;'
        'border-bottom:1px solid #dde1e7">'
        f"<b>{escape(str(mail['Subject']))}</b><br><span style='color:#626b7a'>"
        f"{escape(str(mail['From']))}"
        f" to {escape(str(mail['To']))}"
        + (f"<br>Attached: {escape(', '.join(attached))}" if attached else "")
        + "</span></div>"
    )
    return head + html


def _chats(services: Services) -> str:
    """Return what arrived at the other services, as text beside each service's name."""
    arrived = {
        "SMS (Twilio)": [each["Body"] for each in services.twilio],
        "Slack": [_slack(each) for each in services.slack],
        "Telegram": [_telegram(each) for each in services.telegram],
        "Discord": [_discord(each) for each in services.discord],
    }
    cards = "".join(
        f"<section><h2>{name}</h2>"
        + "".join(f"<p>{escape(text).strip()}</p>" for text in texts)
        + "</section>"
        for name, texts in arrived.items()
    )
    return (
        "<style>body{font:14px/1.45 system-ui,sans-serif;margin:0;padding:20px;background:#eef0f3;"
        "display:grid;grid-template-columns:1fr 1fr;gap:16px}section{background:#fff;padding:14px;"
        "border-radius:12px}h2{font-size:14px;color:#626b7a;margin:0 0 8px}p{background:#eaf1ff;"
        "border-radius:10px;padding:8px 12px;white-space:pre-wrap;overflow-wrap:anywhere}</style>"
        + cards
    )


def _slack(body: dict[str, object]) -> str:
    attachments = body.get("attachments")
    assert isinstance(attachments, list)
    return "\n".join(f"{each.get('title', '')}\n{each.get('text', '')}" for each in attachments)


def _telegram(body: dict[str, str]) -> str:
    return body.get("text") or f"[{body['photo']}]\n{body['caption']}"


def _discord(body: dict[str, object]) -> str:
    if "files" in body:
        return "".join(f"[{name}]" for name in body["files"])  # type: ignore[attr-defined]
    return str(body.get("content") or "") + "".join(
        f"{each.get('title', '')}\n{each.get('description', '')}"
        for each in body.get("embeds", [])  # type: ignore[attr-defined]
    )


def _written(folder: Path, name: str, html: str) -> Path:
    path = folder / f"{name}.html"
    path.write_text(f"<!doctype html><meta charset='utf-8'>{html}", encoding="utf-8")
    return path


def _picture(folder: Path, page: Path, name: str, width: int, height: int) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("a picture needs Chromium")
    shot = folder / f"{name}.png"
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    size, out = f"--window-size={width},{height}", f"--screenshot={shot}"
    command = [chromium, *flags, size, out, page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    _shrink(shot, IMAGES / f"{name}.png")


def _shrink(shot: Path, out: Path) -> None:
    from PIL import Image

    image = Image.open(shot).convert("RGB")
    inner = image.crop((image.width // 20, 0, image.width * 19 // 20, image.height)).convert("L")
    rows: Any = (inner.crop((0, y, inner.width, y + 1)).getextrema() for y in range(inner.height))
    written = [y for y, (darkest, lightest) in enumerate(rows) if lightest - darkest > 3]
    cut = image.crop((0, 0, image.width, min(image.height, written[-1] + 24)))
    cut.quantize(192, method=Image.Quantize.FASTOCTREE).save(out, optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
