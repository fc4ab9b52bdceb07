import pytest

from novalgo_sheets import pace

NOW = 1000.0


def test_reads_and_writes_stay_within_the_quota_of_sixty_a_minute() -> None:
    assert round(60 / pace.reading().every) == 29
    assert 60 / pace.writing().every == 40


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 2), (1, 4), (2, 8), (3, 16), (4, 30), (1000, 30)]
)
def test_each_failure_doubles_the_wait_up_to_half_a_minute(failures: int, wait: float) -> None:
    before = pace.Pace(every=1.0, failures=failures)

    assert before.after_failure(NOW, retry_after=0, chance=0).due == NOW + wait
    assert before.after_failure(NOW, retry_after=0, chance=1).due == NOW + wait / 2


def test_the_wait_is_at_least_what_the_server_asks_for() -> None:
    assert pace.reading().after_failure(NOW, retry_after=60, chance=1).due == NOW + 60


def test_a_success_forgets_the_failures() -> None:
    failed = pace.reading().after_failure(NOW, retry_after=0, chance=0)

    assert failed.after_success(NOW) == pace.Pace(every=failed.every, due=NOW + failed.every)


def test_no_server_can_ask_for_more_than_five_minutes() -> None:
    assert pace.reading().after_failure(NOW, retry_after=86400, chance=1).due == NOW + 300


def test_second_looks_come_soon_and_are_few_in_any_minute() -> None:
    looks, now = pace.reading().after_success(NOW), NOW
    soon = 0
    for _ in range(40):
        looks = looks.with_second_look(now)
        soon += looks.due == now + pace.SECOND_LOOK_AFTER
        now += 1.4
        looks = looks.after_success(now)

    assert soon == pace.SECOND_LOOKS_A_MINUTE
