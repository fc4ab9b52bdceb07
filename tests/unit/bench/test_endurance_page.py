"""What the page of an endurance run says."""

from dataclasses import replace
from pathlib import Path

from bench.endurance_page import PICTURE, Run, growth, slowing, write_endurance
from bench.sampling import Sample

SAMPLE = Sample(
    seconds=15.0,
    alerts=300,
    processor={},
    megabytes={"ingest": 90.0},
    handles={"ingest": 20},
    threads={"ingest": 8},
    stored_megabytes={"ingest": 1.0},
    queued=0,
    answer_p50=4.0,
    answer_p99=9.0,
    stage_means={},
    flush_p50=0.5,
    flush_p99=3.0,
)


def an_hour(megabytes_at_the_end: float) -> list[Sample]:
    samples = [replace(SAMPLE, seconds=15.0 * n, alerts=300 * n) for n in range(1, 9)]
    return [*samples, replace(samples[-1], megabytes={"ingest": megabytes_at_the_end})]


def test_growth_is_told_from_the_first_quarter_on() -> None:
    [memory, *_] = growth(an_hour(megabytes_at_the_end=180.0))

    assert memory == ("Resident memory, MB: ingest", "90.0", "180.0", "×2.00")


def test_latencies_are_seen_beside_those_of_a_new_system() -> None:
    slower = [replace(each, answer_p50=8.0) for each in an_hour(megabytes_at_the_end=90.0)]
    fresh = [replace(SAMPLE, answer_p50=value) for value in (5.0, 100.0, 4.0)]

    [middle, *_] = slowing(slower, fresh)

    assert middle == ("Answer to an alert, ms: p50", "8.0", "8.0", "5.0", "×1.60")


def test_without_a_new_system_nothing_is_said_of_it() -> None:
    [middle, *_] = slowing(an_hour(megabytes_at_the_end=90.0), [])

    assert middle == ("Answer to an alert, ms: p50", "4.0", "4.0", "", "")


def test_the_page_has_the_figures_and_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "endurance.md"
    machine = {"Python": "3.11"}
    run = Run(machine=machine, samples=an_hour(90.0), fresh=[SAMPLE], unended=2)
    write_endurance(path, run)

    page = path.read_text()
    assert "2 without an ending" in page
    assert "| Resident memory, MB: ingest | 90.0 | 90.0 | ×1.00 |" in page
    assert (tmp_path / PICTURE).stat().st_size > 10_000


def test_a_run_that_has_just_begun_has_no_page(tmp_path: Path) -> None:
    write_endurance(tmp_path / "endurance.md", Run(machine={}, samples=[SAMPLE]))

    assert list(tmp_path.iterdir()) == []
