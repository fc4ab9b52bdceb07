"""What the Risk tab says of the account."""

from dataclasses import replace
from decimal import Decimal

import pytest

from novalgo_sheets import risk_tab
from novalgo_sheets.boards import NOTHING
from novalgo_sheets.sheet import Grid
from tests.builders import an_account_snapshot


@pytest.mark.parametrize(
    ("moved", "earned"),
    [
        pytest.param(None, "$30.00", id="nothing was moved"),
        pytest.param(Decimal(500), "-$470.00", id="a deposit is no gain"),
        pytest.param(Decimal(-500), "$530.00", id="a withdrawal is no loss"),
    ],
)
def test_the_change_of_the_day_leaves_out_what_was_moved(
    moved: Decimal | None, earned: str
) -> None:
    account = an_account_snapshot(equity=Decimal(1030), last_equity=Decimal(1000), moved=moved)
    boards = replace(NOTHING, account=account)

    written = risk_tab.blocks(a_blank_tab(), boards, is_ticked=False)

    lines = [row for block in written for row in block.values]
    assert ["since the previous close", earned, ""] in [list(row)[-3:] for row in lines]


def a_blank_tab() -> Grid:
    return Grid(title=risk_tab.TITLE, cells=(), rows=100, columns=10)
