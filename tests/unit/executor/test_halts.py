import pytest

from novalgo_executor.halts import Halt, Scope, halted
from tests.builders import NOON


@pytest.mark.parametrize(
    ("scope", "covers"),
    [
        pytest.param(Scope(), True, id="all"),
        pytest.param(Scope("AAPL"), True, id="the symbol"),
        pytest.param(Scope("AAPL", "15 Min"), True, id="the book"),
        pytest.param(Scope(None, "15 Min"), True, id="the timeframe of every symbol"),
        pytest.param(Scope("MSFT"), False, id="another symbol"),
        pytest.param(Scope("AAPL", "30 Min"), False, id="another book of the symbol"),
    ],
)
def test_a_halt_covers_what_its_scope_says(scope: Scope, covers: bool) -> None:
    halt = Halt(scope, "a reason", NOON)

    assert halted([halt], "AAPL", "15 Min") == (halt if covers else None)
