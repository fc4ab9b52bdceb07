"""Apprise over real sockets: mail to a real SMTP server, the others to servers that check.

Twilio, Slack, Telegram and Discord have fixed addresses in Apprise: these are turned to loopback.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.twilio import NotifyTwilio

from novalgo_analytics.notifications.channel import Channel, channels
from novalgo_analytics.notifications.notice import Kind, Level, Message
from novalgo_analytics.notifications.trial import Trial
from novalgo_common.errors import SettingsError
from tests.http_server import serving
from tests.notification_services import BOT, CHAT, DISCORD, SID, SLACK, TOKEN, Services
from tests.ports import free_port
from tests.unit.analytics.test_charts import PNG

# Apprise 2.2 still imports what Python 3.13 has dropped, where it is there.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

MESSAGE = Message(
    kind=Kind.HALT, level=Level.CRITICAL, title="Trading halted", text="Halted: <AAPL>\nDay's loss."
)
ADDRESSES = {
    "twilio": f"twilio://{SID}:{TOKEN}@15555550100/15555550123",
    "slack": f"slack://{'/'.join(SLACK)}/#alerts",
    "telegram": f"tgram://{BOT}/{CHAT}",
    "discord": f"discord://{'/'.join(DISCORD)}",
}


class Mailbox:
    """Keeps the mails that a real SMTP server took."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


@contextmanager
def mail_server(box: Mailbox) -> Iterator[str]:
    """Run a real SMTP server that fills the mailbox; yield the address that reaches it."""
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    query = "from=novalgo@example.com&to=owner@example.com&mode=insecure"
    try:
        yield f"mailto://127.0.0.1:{port}/?{query}"
    finally:
        controller.stop()


@contextmanager
def turned_to_loopback(services: Services, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve the services, and have Apprise find them there."""
    with serving(services.app) as base, patch.context() as turned:
        sms = base + "/2010-04-01/Accounts/{sid}/Messages.json"
        turned.setattr(NotifyTwilio, "notify_sms_url", sms)
        turned.setattr(NotifySlack, "webhook_url", base + "/services")
        turned.setattr(NotifyTelegram, "notify_url", base + "/bot")
        turned.setattr(NotifyDiscord, "notify_url", base + "/api/webhooks")
        yield


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    with mail_server(box) as address:
        yield box, address


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    found = Services()
    with turned_to_loopback(found, monkeypatch):
        yield found


def channel(address: str) -> Channel:
    [found] = channels([address])
    return found


def parts(mail: Mail) -> dict[str, Any]:
    """Return what a mail is made of, by content type or file name."""
    found = {}
    for part in mail.walk():
        if not part.is_multipart():
            found[part.get_filename() or part.get_content_type()] = part.get_payload(decode=True)
    return found


def test_a_mail_has_its_text_as_html_and_plain(mailbox: tuple[Mailbox, str]) -> None:
    box, address = mailbox

    assert channel(address).send(MESSAGE)

    [mail] = box.mails
    found = parts(mail)
    assert mail["Subject"] == "NovAlgo: Trading halted"
    assert b"Halted: &lt;AAPL&gt;" in found["text/html"]
    assert b"Halted: <AAPL>" in found["text/plain"]


def test_a_report_arrives_with_its_charts_inside_and_its_tables_attached(
    mailbox: tuple[Mailbox, str], tmp_path: Path
) -> None:
    box, address = mailbox
    (tmp_path / "mail.html").write_text('<p>Wednesday</p><img src="cid:equity.png">')
    (tmp_path / "equity.png").write_bytes(PNG + bytes(100))
    (tmp_path / "trades.csv").write_text("symbol\r\nAAPL\r\n")
    (tmp_path / "report.html").write_text("<p>All of it</p>")
    message = Message(
        kind=Kind.REPORT, level=Level.INFO, title="A day", text="+$5.00", folder=str(tmp_path)
    )

    assert channel(address).send(message)

    [mail] = box.mails
    [image] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    found = parts(mail)
    assert b'src="cid:equity.png"' in found["text/html"]
    assert image["Content-ID"] == "<equity.png>"
    assert found["trades.csv"] == b"symbol\r\nAAPL\r\n"
    assert found["report.html"] == b"<p>All of it</p>"
    assert "mail.html" not in found


@pytest.mark.parametrize("service", sorted(ADDRESSES))
def test_a_service_takes_the_message(services: Services, service: str) -> None:
    assert channel(ADDRESSES[service]).send(MESSAGE)

    assert services.refused == []
    [arrived] = getattr(services, service)
    assert "Trading halted" in str(arrived)
    assert "AAPL" in str(arrived)


@pytest.mark.parametrize("service", ["discord", "telegram"])
def test_a_report_shows_its_equity_where_pictures_can_be_sent(
    services: Services, service: str, tmp_path: Path
) -> None:
    (tmp_path / "equity.png").write_bytes(PNG + bytes(100))
    (tmp_path / "trades.csv").write_text("symbol\r\n")
    message = Message(
        kind=Kind.REPORT, level=Level.INFO, title="A day", text="+$5.00", folder=str(tmp_path)
    )

    assert channel(ADDRESSES[service]).send(message)

    assert services.refused == []
    arrived = str(getattr(services, service))
    assert "+$5.00" in arrived
    assert "equity.png" in arrived
    assert "trades.csv" not in arrived


def test_a_service_that_is_down_has_not_taken_it(services: Services) -> None:
    services.is_up = False

    assert not channel(ADDRESSES["twilio"]).send(MESSAGE)


def test_a_wrong_token_has_not_been_taken(services: Services) -> None:
    wrong = ADDRESSES["twilio"].replace(TOKEN, "anothermadeuptoken00000000000000")

    assert not channel(wrong).send(MESSAGE)
    assert len(services.refused) == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("nonsense", "address 1 is none that Apprise knows", id="no address"),
        pytest.param(f"loud|{ADDRESSES['slack']}", "the level of address 1", id="no level"),
    ],
)
def test_a_wrong_address_is_refused_without_being_shown(address: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        channels([address])

    assert SLACK[2] not in str(refused.value)
    assert "nonsense" not in str(refused.value)


def test_a_channel_is_named_without_its_address() -> None:
    [found] = channels([f"critical|{ADDRESSES['twilio']}"])

    assert (found.name, found.least) == ("twilio (1)", Level.CRITICAL)


@pytest.mark.anyio
async def test_a_trial_tells_which_channel_took_it_and_what_is_wrong_with_the_rules(
    services: Services, mailbox: tuple[Mailbox, str], tmp_path: Path
) -> None:
    services.is_up = False
    rules = tmp_path / "alerts.toml"
    rules.write_text("[rules")

    found = await Trial(channels([mailbox[1], ADDRESSES["twilio"]]), rules).run()

    assert [each["took"] for each in found["channels"]] == [True, False]  # type: ignore[attr-defined]
    assert str(rules) in str(found["problem"])
