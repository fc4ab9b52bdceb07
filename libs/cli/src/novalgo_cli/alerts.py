"""`novalgo alerts test`: what analytics says of its rules and its channels."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console


def show_trial(trial: Mapping[str, Any], console: Console) -> int:
    """Print a line for the rules and one for each channel; return 0 where all is well, else 1."""
    problem = trial["problem"]
    _show(console, problem is None, f"rules in {trial['rules']}", problem or "can be read")
    for channel in trial["channels"]:
        told = f"{channel['name']}, from {channel['least']} on"
        _show(
            console,
            channel["took"],
            told,
            "took the message" if channel["took"] else "did not take it: look at the address",
        )
    return 0 if problem is None and all(each["took"] for each in trial["channels"]) else 1


def _show(console: Console, is_well: bool, what: str, said: str) -> None:
    mark, style = ("\N{CHECK MARK}", "green") if is_well else ("\N{BALLOT X}", "bold red")
    console.print(f"  {mark} {what}: {said}", style=style, markup=False, highlight=False)
