"""Asking for one decision about an ordinary moment."""

from datetime import timedelta

from novalgo_common.events import Action
from novalgo_executor.decide import decide
from novalgo_executor.halts import Halt, Scope
from novalgo_executor.steps import End, Step, Submit
from tests.builders import NOON
from tests.unit.executor.builders import RULES, a_stored_signal, some_facts

LATER = NOON + timedelta(minutes=10)
OLD = timedelta(minutes=10)
HALT = Halt(Scope(), "a person's word", NOON)


def deciding(action: Action, **facts: object) -> Step:
    return decide(a_stored_signal(action), some_facts(**facts), RULES, now=NOON)


def submitted(step: Step) -> Submit:
    assert isinstance(step, Submit), step
    return step


def ended(step: Step) -> End:
    assert isinstance(step, End), step
    return step
