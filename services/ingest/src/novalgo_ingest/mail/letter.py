"""From an e-mail to the messages that it may hold.  Pure."""

import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

LARGEST_LETTER = 256 * 1024
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_TAG = re.compile(r"<[^>]{0,500}>")
_ENTITIES = (("&quot;", '"'), ("&#34;", '"'), ("&nbsp;", " "), ("&amp;", "&"))


def messages(letter: bytes) -> Iterator[bytes]:
    """Yield what may be the alert's message: the JSON in the text, the text, and each line of it.

    TradingView puts the message between lines of its own, in an HTML part or in a plain one.
    """
    text = _text(BytesParser(EmailMessage, policy=policy.default).parsebytes(letter))
    found = _OBJECT.search(text)
    if found is not None:
        yield found[0].encode("utf-8", "replace")
    yield text.strip().encode("utf-8", "replace")
    yield from (
        line.strip().encode("utf-8", "replace") for line in text.splitlines() if line.strip()
    )


def _text(letter: EmailMessage) -> str:
    part = letter.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, ValueError, KeyError):  # a character set that nobody knows
        return ""
    return _plain(text) if part.get_content_subtype() == "html" else text


def _plain(html: str) -> str:
    text = _TAG.sub(" ", re.sub(r"(?i)<br[^>]{0,50}>|</p>|</div>", "\n", html))
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
