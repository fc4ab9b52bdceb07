"""The second channel, against a real IMAP server: the same alert is the same signal."""

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.dovecot import PASSWORD, USER, MailServer, mail_server
from tests.ingest_service import SECRET, Ingest, an_alert_body, running_ingest

__all__ = ["mail_server"]
pytestmark = pytest.mark.anyio


@pytest.fixture
def mailbox(mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the settings of the mailbox; the server's authority is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(mail_server.authority.file))
    return {
        "NOVALGO_IMAP_HOST": "127.0.0.1",
        "NOVALGO_IMAP_PORT": str(mail_server.port),
        "NOVALGO_IMAP_USER": USER,
        "NOVALGO_IMAP_PASSWORD": PASSWORD,
        "NOVALGO_IMAP_SECONDS": "0.05",
    }


def a_letter(text: str, *, html: str | None = None) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = "noreply@tradingview.com", "alerts@example.org"
    letter["Subject"] = "Alert: AAPL"
    letter.set_content(text)
    if html is not None:
        letter.clear_content()
        letter.set_content(html, subtype="html")
    return letter


async def _answers(ingest: Ingest) -> dict[str, float]:
    metrics = (await ingest.client.get("/metrics")).text
    lines = [line for line in metrics.splitlines() if line.startswith("novalgo_letters_total{")]
    return {line.split('"')[1]: float(line.split()[-1]) for line in lines}


async def _handled(ingest: Ingest, server: MailServer, letters: int) -> dict[str, float]:
    answers: dict[str, float] = {}
    while sum(answers.values()) < letters or server.unseen():
        answers = await _answers(ingest)
    return answers


async def test_an_alert_by_mail_is_a_signal_once_beside_the_webhook(
    tmp_path: Path, mail_server: MailServer, mailbox: dict[str, Any]
) -> None:
    timed = an_alert_body(time="2026-11-11T16:59:58Z", symbol="MSFT")
    quoted = json.dumps(an_alert_body(symbol="TSLA")).replace('"', "&quot;")
    mail_server.deliver(
        a_letter(f"Your alert was triggered:\n\n{json.dumps(timed, indent=1)}\n\nBye")
    )
    mail_server.deliver(a_letter("", html=f"<div>Your alert:<br><p>{quoted}</p></div>"))
    mail_server.deliver(a_letter("SELL NVDA @ 3 15 " + SECRET))
    mail_server.deliver(a_letter(json.dumps(an_alert_body(secret="guess"))))
    mail_server.deliver(a_letter("Hello"))

    async with running_ingest(
        tmp_path,
        NOVALGO_TEXT_PATTERN="{action} {symbol} @ {price} {timeframe} {secret}",
        **mailbox,
    ) as ingest:
        await ingest.published(3)
        by_webhook = await ingest.client.post("/webhook", json=timed)
        mail_server.deliver(a_letter(json.dumps(timed)))
        answers = await _handled(ingest, mail_server, 6)
        receipts = (await ingest.get("/signals"))["signals"]

    assert by_webhook.json()["status"] == "duplicate"
    assert sorted(each["symbol"] for each in receipts) == ["MSFT", "NVDA", "TSLA"]
    assert {each["channel"] for each in receipts} == {"e-mail"}
    assert answers == {"accepted": 3, "duplicate": 1, "malformed": 2}


async def test_without_its_mailbox_ingest_takes_webhooks_and_says_so(
    tmp_path: Path, mail_server: MailServer, mailbox: dict[str, Any]
) -> None:
    wrong = mailbox | {"NOVALGO_IMAP_PASSWORD": "made-up-wrong-one"}
    health: dict[str, Any] = {"mailbox_problems": []}
    async with running_ingest(tmp_path, **wrong) as ingest:
        assert (await ingest.post()).status_code == 200
        while not health["mailbox_problems"]:
            health = (await ingest.client.get("/health")).json()
        ready = await ingest.client.get("/ready")

    assert "made-up-wrong-one" not in str(health)
    assert ready.status_code == 200
