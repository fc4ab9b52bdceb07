"""docs/simulator.md says what a script may be."""

import re
from pathlib import Path

from novalgo_simulator.faults import Fate, Manner, Script
from novalgo_simulator.faults.script import RequestFault, UpdateFault

PAGE = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_is_a_script() -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    script = Script.model_validate_json(example)

    assert script.requests[0].times == 1
    assert [action.do for action in script.actions] == ["split"]


def test_the_page_names_every_fault() -> None:
    names = [*RequestFault, *UpdateFault, *Fate, *Manner, *Script.model_fields]

    assert [name for name in names if f"`{name}`" not in PAGE and name != Fate.ORDINARY] == []


def test_an_empty_script_is_no_fault_at_all() -> None:
    assert Script.model_validate_json("{}") == Script()
