"""What differs between two versions of the config, value by value."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from novalgo_common.events import ConfigEdit, ConfigRow
from novalgo_sheets.config_cell import plain

_FIELDS = [name for name in ConfigRow.model_fields if name not in ("symbol", "timeframe")]


def edits(before: Sequence[ConfigRow], after: Sequence[ConfigRow]) -> tuple[ConfigEdit, ...]:
    """Return the differences by row, in the order of symbol and timeframe."""
    old = {(row.symbol, row.timeframe): row for row in before}
    new = {(row.symbol, row.timeframe): row for row in after}
    return tuple(_differences(sorted(old.keys() | new.keys()), old, new))


def _differences(
    keys: Iterable[tuple[str, str]],
    old: dict[tuple[str, str], ConfigRow],
    new: dict[tuple[str, str], ConfigRow],
) -> Iterator[ConfigEdit]:
    for key in keys:
        was, is_now = old.get(key), new.get(key)
        if was is None or is_now is None:
            yield _edit(key, "row", _whole(was), _whole(is_now))
            continue
        for field in _FIELDS:
            values = getattr(was, field), getattr(is_now, field)
            if values[0] != values[1]:
                yield _edit(key, field, *map(_text, values))


def _edit(key: tuple[str, str], field: str, old: str | None, new: str | None) -> ConfigEdit:
    return ConfigEdit(symbol=key[0], timeframe=key[1], field=field, old=old, new=new)


def _whole(row: ConfigRow | None) -> str | None:
    if row is None:
        return None
    values = ((field, _text(getattr(row, field))) for field in _FIELDS)
    return ", ".join(f"{field} {value}" for field, value in values if value is not None)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).upper()
    return plain(value) if isinstance(value, Decimal) else str(value)
