"""Keeps what others have written from being run by a spreadsheet."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return the text; one that a spreadsheet takes for a formula gets an apostrophe.

    Which those are: OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(_STARTS) else text
