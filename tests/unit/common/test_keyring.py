from datetime import datetime, timedelta
from pathlib import Path

import pytest

from novalgo_common.credentials import WEBHOOK_SECRET, Credentials, KeyScope
from novalgo_common.errors import SettingsError
from novalgo_common.keyring import FIRST, Keyring, given_or_kept
from tests.builders import NOON

WEEK = timedelta(days=7)


class SetClock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def accepted(tmp_path: Path, clock: SetClock) -> Credentials:
    return given_or_kept([], tmp_path, WEBHOOK_SECRET, clock)


def _kept(data_dir: Path) -> str:
    return (data_dir / WEBHOOK_SECRET).read_text().strip()


def test_a_rotation_is_noticed_and_the_old_secret_stays_for_the_overlap(
    tmp_path: Path, clock: SetClock, accepted: Credentials
) -> None:
    old = _kept(tmp_path)
    assert accepted.accept(old)

    new = Keyring(tmp_path, WEBHOOK_SECRET).rotate(FIRST, NOON, WEEK)

    assert _kept(tmp_path) == new != old
    assert accepted.accept(old)
    assert accepted.accept(new)
    clock.now = NOON + WEEK
    assert not accepted.accept(old)
    assert accepted.accept(new)


def test_a_second_rotation_leaves_no_secret_longer_than_was_said(
    tmp_path: Path, clock: SetClock, accepted: Credentials
) -> None:
    ring, first = Keyring(tmp_path, WEBHOOK_SECRET), _kept(tmp_path)

    second = ring.rotate(FIRST, NOON, WEEK)
    ring.rotate(FIRST, NOON, timedelta())

    assert accepted.accept(first)
    assert not accepted.accept(second)
    clock.now = NOON + WEEK
    assert not accepted.accept(first)


def test_a_strategys_secret_has_its_name_its_rotation_and_its_end(
    tmp_path: Path, accepted: Credentials
) -> None:
    ring = Keyring(tmp_path, WEBHOOK_SECRET)
    old = ring.add("breakout", KeyScope.CONTROL, None)
    holder = accepted.holder(old)

    new = ring.rotate("breakout", NOON, timedelta())

    assert holder is not None
    assert holder.name == "breakout"
    assert not accepted.accept(old)
    assert accepted.accept(new)
    ring.revoke("breakout")
    assert not accepted.accept(new)
    assert accepted.accept(_kept(tmp_path))


def test_a_credential_ends_at_its_expiry(
    tmp_path: Path, clock: SetClock, accepted: Credentials
) -> None:
    secret = Keyring(tmp_path, WEBHOOK_SECRET).add("guest", KeyScope.READ, NOON + WEEK)

    assert accepted.accept(secret)
    assert not accepted.accept(secret, KeyScope.CONTROL)
    clock.now = NOON + WEEK
    assert not accepted.accept(secret)


def test_the_ring_holds_hashes_for_its_owner_alone(tmp_path: Path, accepted: Credentials) -> None:
    secret = Keyring(tmp_path, WEBHOOK_SECRET).add("breakout", KeyScope.READ, None)

    file = tmp_path / f"{WEBHOOK_SECRET}.ring.json"
    assert accepted.accept(secret)
    assert secret not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_name_is_given_once_and_must_be_there(tmp_path: Path) -> None:
    ring = Keyring(tmp_path, WEBHOOK_SECRET)
    ring.add("breakout", KeyScope.READ, None)

    for wrong in (
        lambda: ring.add("breakout", KeyScope.READ, None),
        lambda: ring.add(FIRST, KeyScope.READ, None),
        lambda: ring.rotate("nobody", NOON, WEEK),
        lambda: ring.revoke(FIRST),
    ):
        with pytest.raises(SettingsError):
            wrong()


def test_a_broken_ring_stops_a_start_and_no_running_service(
    tmp_path: Path, accepted: Credentials
) -> None:
    secret = Keyring(tmp_path, WEBHOOK_SECRET).add("breakout", KeyScope.READ, None)
    assert accepted.accept(secret)

    (tmp_path / f"{WEBHOOK_SECRET}.ring.json").write_text("[")

    assert accepted.accept(secret)
    with pytest.raises(SettingsError, match="mend or delete it"):
        Keyring(tmp_path, WEBHOOK_SECRET).current()
