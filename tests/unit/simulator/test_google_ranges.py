import pytest

from novalgo_simulator.google.ranges import Area, RangeError, column_letters, parse_range

TITLES = ["Config", "My 'tab'"]


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Config", Area(title="Config")),
        ("'Config'", Area(title="Config")),
        ("Config!B2", Area(title="Config", first_row=1, end_row=2, first_column=1, end_column=2)),
        ("Config!A2:D", Area(title="Config", first_row=1, end_column=4)),
        ("Config!B:B", Area(title="Config", first_column=1, end_column=2)),
        ("Config!2:3", Area(title="Config", first_row=1, end_row=3)),
        (
            "Config!D3:A2",
            Area(title="Config", first_row=1, end_row=3, first_column=0, end_column=4),
        ),
        (
            "'My ''tab'''!AA10",
            Area(title="My 'tab'", first_row=9, end_row=10, first_column=26, end_column=27),
        ),
        ("A1", Area(title="Config", first_row=0, end_row=1, first_column=0, end_column=1)),
    ],
)
def test_a_range_names_its_cells(text: str, area: Area) -> None:
    assert parse_range(text, TITLES) == area


@pytest.mark.parametrize(
    "text", ["", "Nowhere!A1", "Config!", "Config!A0", "Config!A-1", "Other 1"]
)
def test_a_range_that_names_no_cells_is_refused(text: str) -> None:
    with pytest.raises(RangeError):
        parse_range(text, TITLES)


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_have_letters(column: int, letters: str) -> None:
    assert column_letters(column) == letters
