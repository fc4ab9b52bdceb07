"""What docs/benchmarks.md says of a run."""

from pathlib import Path

from bench.figures import P50, P99, Aim, Comparison, Growth, Series
from bench.report import write_page
from bench.results import Measured, Run

BURST = Comparison(
    title="A burst",
    about="Sent to answered.",
    series=[
        Series("floor", [{P50: 2.0, P99: 3.0}] * 3),
        Series("ours", [{P50: 5.0, P99: each} for each in (6.0, 13.5, 9.0)]),
    ],
    aims=[
        Aim(series="ours", figure=P50, at_most=2, reason="it stores what it answers"),
        Aim(series="ours", figure=P50, at_most=3, reason="never told"),
    ],
)
GROWTH = Growth(title="How it grows", along="alerts", figure=P50, lines={"ours": [(1, 2), (9, 5)]})
RUN = Run(
    machine={"commit": "abc"},
    began="20261126T2300Z",
    seconds=120.0,
    whole=True,
    measured=[
        Measured(name="burst", seconds=60.0, found=[BURST, GROWTH]),
        Measured(name="idle", seconds=60.0, trouble="BenchError: there is | no RabbitMQ"),
    ],
)


def the_page(folder: Path) -> str:
    write_page(folder / "benchmarks.md", folder / "images" / "bench", RUN)
    return (folder / "benchmarks.md").read_text()


def test_each_aim_stands_with_its_figure_and_the_reason_where_it_is_missed(tmp_path: Path) -> None:
    page = the_page(tmp_path)

    aim = "ours, p50 ms: at most"
    assert f"| A burst | {aim} 2 times the floor's | 2.50 | **missed** | it stores" in page
    assert f"| A burst | {aim} 3 times the floor's | 2.50 | met |  |" in page
    assert "never told" not in page


def test_a_ratio_that_chance_decides_stands_in_brackets(tmp_path: Path) -> None:
    page = the_page(tmp_path)

    assert "| ours | p50 ms | 5.0 | 5.0 | 5.0 | ×2.50 ±0% |" in page
    assert "| ours | p99 ms | 9.0 | 6.0 | 13.5 | (×3.00 ±101%) |" in page


def test_what_was_not_measured_says_why(tmp_path: Path) -> None:
    why = "BenchError: there is / no RabbitMQ"
    assert f"| idle | | | **not measured** | {why} |" in the_page(tmp_path)


def test_the_pages_beside_it_are_linked_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "endurance.md").touch()

    page = the_page(tmp_path)

    assert "[endurance.md](endurance.md)" in page
    assert "capacity.md" not in page


def test_each_comparison_and_each_growth_has_its_picture(tmp_path: Path) -> None:
    images = tmp_path / "images" / "bench"
    images.mkdir(parents=True)
    (images / "of-an-older-run.png").touch()

    page = the_page(tmp_path)

    pictures = sorted(images.iterdir())
    assert [each.name for each in pictures] == ["burst-1.png", "burst-2.png"]
    assert all(each.stat().st_size > 5_000 for each in pictures)
    assert "![How it grows](images/bench/burst-2.png)" in page
