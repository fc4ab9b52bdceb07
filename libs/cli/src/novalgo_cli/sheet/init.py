"""`novalgo sheet init`: makes the tabs, once, and never touches one that holds anything."""

import asyncio
from collections.abc import Mapping, Sequence

from rich.console import Console

from novalgo_common.errors import SettingsError
from novalgo_sheets.google import GoogleSheet
from novalgo_sheets.headers import OPTIONAL
from novalgo_sheets.layout import BOARDS, CONFIG, Layout
from novalgo_sheets.performance_tab import TITLE as PERFORMANCE
from novalgo_sheets.settings import Settings


def init(columns: str, tabs: str, environ: Mapping[str, str], console: Console) -> None:
    """Make what is missing and say what was made; raise `SettingsError` for an unknown name."""
    layouts = chosen(columns, tabs)
    settings = Settings.from_env(environ)
    made = asyncio.run(lay_out(settings, layouts))
    for layout in layouts:
        told = "made" if layout.title in made else "is there already: left as it is"
        console.print(f"{layout.title:<12} {told}", highlight=False)
    if CONFIG in made:
        console.print(
            "\nIts example row is not active. Fill in your own rows and tick active; NovAlgo reads "
            "them within seconds.",
            highlight=False,
        )


async def lay_out(settings: Settings, layouts: Sequence[Layout]) -> list[str]:
    """Make the tabs that are missing or empty; return their titles."""
    async with GoogleSheet.open(settings) as sheet:
        return await sheet.lay_out(layouts)


def chosen(columns: str = "", tabs: str = "") -> list[Layout]:
    """Return the two tabs, and those that are named, in any capitals."""
    wanted = _named(columns, OPTIONAL, "--columns")
    boards = _named(tabs, BOARDS, "--tabs")
    config = Layout(title=CONFIG, columns=wanted)
    return [config, *(Layout(title=title) for title in (PERFORMANCE, *boards))]


def _named(text: str, known: Sequence[str], option: str) -> list[str]:
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    by_name = {name.lower(): name for name in known}
    if names == ["all"]:
        return list(known)
    for name in names:
        if name not in by_name:
            raise SettingsError(f"{option}: {name} is none of {', '.join(known)}, nor all")
    return [by_name[name] for name in names]
