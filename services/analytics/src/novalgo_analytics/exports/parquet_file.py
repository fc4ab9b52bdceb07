"""A table as Parquet, for who has pyarrow (`pip install novalgo-analytics[parquet]`)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from novalgo_analytics.exports.tables import Cell, Row
from novalgo_common.errors import SettingsError


def parquet_file(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return the table; amounts stay exact as text, since their scales differ.

    Raises `SettingsError` where pyarrow is not installed.
    """
    import pandas as pd  # noqa: PLC0415 - half a second and 68 MB that only an export needs

    values = [[_value(cell) for cell in row] for row in rows]
    buffer = BytesIO()
    try:
        pd.DataFrame(values, columns=list(columns)).to_parquet(buffer, index=False)
    except ImportError:
        raise SettingsError(
            "Parquet needs pyarrow: pip install 'novalgo-analytics[parquet]', or export CSV"
        ) from None
    return buffer.getvalue()


def _value(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC)
    return cell if cell is None or isinstance(cell, int) else str(cell)
