"""A service's copy of the config, and how it is known how fresh that is."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from novalgo_common.config_copy import ConfigCopy
from novalgo_common.events import ConfigChanged
from tests.builders import NOON, SECOND, a_config_changed

pytestmark = pytest.mark.anyio


@dataclass
class Shelf:
    """A store of one config."""

    event: ConfigChanged | None = None

    async def keep_config(self, event: ConfigChanged) -> None:
        self.event = event

    async def kept_config(self) -> ConfigChanged | None:
        return self.event


def a_copy(shelf: Shelf) -> ConfigCopy:
    return ConfigCopy(shelf, lambda: NOON, uuid4)


async def test_an_answer_that_the_sheet_still_says_so_is_kept_over_a_restart() -> None:
    shelf, changes = Shelf(), []
    copy = a_copy(shelf)
    copy.on_change(lambda: changes.append(copy.version))
    event = a_config_changed(read_at=NOON)

    await copy.take(event)
    await copy.take(event.model_copy(update={"read_at": NOON + timedelta(hours=1)}))
    again = a_copy(shelf)
    await again.load()

    assert copy.read_at == again.read_at == NOON + timedelta(hours=1)
    assert changes == [1]


@pytest.mark.parametrize("read_at", [None, NOON - SECOND])
async def test_no_answer_makes_it_look_older(read_at: object) -> None:
    copy = a_copy(Shelf())
    event = a_config_changed(read_at=NOON)

    await copy.take(event)
    await copy.take(event.model_copy(update={"read_at": read_at}))

    assert copy.read_at == NOON


async def test_a_config_of_before_ages_were_told_has_none() -> None:
    copy = a_copy(Shelf())

    await copy.take(a_config_changed())

    assert copy.read_at is None
