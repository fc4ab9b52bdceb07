"""Which cells of the Config tab differ from what they should show, in the newest read.

The service writes its own columns only, and those only through their anchors: a column that a
person inserts or moves between read and write cannot lead a status into a cell of theirs.
"""

from collections.abc import Mapping

from novalgo_sheets.config_cell import as_text
from novalgo_sheets.config_row import cell_at
from novalgo_sheets.config_tab import ConfigTab, TabRow
from novalgo_sheets.face import Face
from novalgo_sheets.headers import OWNED
from novalgo_sheets.sheet import Anchor, Reading


def missing_anchors(reading: Reading, tab: ConfigTab) -> tuple[Anchor, ...]:
    """Return the columns of ours to take hold of before anything is written."""
    anchors, width = [], tab.columns.width
    for name in OWNED:
        column = tab.columns.owned.get(name)
        if column is None:
            anchors.append(Anchor(name=name, column=width, is_new=True))
            width += 1
        elif reading.anchors.get(name) != column:
            anchors.append(Anchor(name=name, column=column, is_new=False))
    return tuple(anchors)


def wrong_cells(reading: Reading, tab: ConfigTab, row: TabRow, face: Face) -> Mapping[str, str]:
    """Return the texts that the row lacks, by column; rows are found in this very read."""
    cells = reading.config.cells[row.number - 1]
    return {
        name: text
        for name, text in face.cells().items()
        if as_text(cell_at(cells, tab.columns.owned[name])) != text
    }
