"""What the services' databases grow by."""

from bench.novalgo import SERVICES
from bench.stores import ALL, GROWN, growth


def test_growth_is_told_round_by_round_for_each_service_and_for_all() -> None:
    held = [dict.fromkeys(SERVICES, bytes_) for bytes_ in (1_000, 5_000, 8_000)]

    found = {
        each.name: [round_[GROWN] for round_ in each.rounds] for each in growth(held, 10).series
    }

    assert found == {**{name: [400.0, 300.0] for name in SERVICES}, ALL: [1600.0, 1200.0]}
