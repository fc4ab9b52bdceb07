"""Shows how far two runs agree: a page, and a picture of every ratio that both have."""

from collections.abc import Sequence
from math import hypot
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from bench.figures import Ratio
from bench.pairs import WITHIN, Pair, summary
from bench.results import Run

PICTURE = Path("images", "repeated.png")
_SETTLED, _UNSURE = "#2563eb", "#9aa5b1"


def write_pairs(page: Path, first: Run, second: Run, pairs: Sequence[Pair]) -> None:
    """Write the page, and its picture beside it."""
    picture = page.parent / PICTURE
    picture.parent.mkdir(parents=True, exist_ok=True)
    _draw(pairs, picture)
    lines = [
        "# Two runs of the benchmarks",
        "",
        "Written by `make bench-compare`.  A ratio is settled where neither run calls itself",
        "uncertain by more than 10 %; the others are told apart, for their runs say themselves",
        "that they may come out otherwise.",
        "",
        f"**{summary(pairs)}**",
        "",
        "| | first | second |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in _about(first, second)),
        "",
        f"![Each ratio of the second run to that of the first, over their uncertainty]({PICTURE})",
        "",
        "| ratio to the floor | first | second | |",
        "|---|---:|---:|---|",
        *(f"| {' | '.join(row)} |" for row in rows(pairs)),
    ]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows(pairs: Sequence[Pair]) -> list[tuple[str, str, str, str]]:
    return [(each.name, _told(each.first), _told(each.second), each.verdict) for each in pairs]


def _told(ratio: Ratio | None) -> str:
    return "none" if ratio is None else str(ratio)


def _about(first: Run, second: Run) -> list[tuple[str, str, str]]:
    facts = [
        (name, first.machine.get(name, ""), second.machine.get(name, ""))
        for name in {**first.machine, **second.machine}
    ]
    took = [("took", f"{first.seconds / 60:.0f} minutes", f"{second.seconds / 60:.0f} minutes")]
    return facts + took


def _draw(pairs: Sequence[Pair], path: Path) -> None:
    drawing = Figure(figsize=(8, 4.2), layout="constrained")
    axis = drawing.subplots()
    axis.axhspan(1 / (1 + WITHIN), 1 + WITHIN, color="#dcfce7", label=f"within {WITHIN:.0%}")
    for name, colour, settled in (("settled", _SETTLED, True), ("unsure", _UNSURE, False)):
        points = [
            (_uncertainty(each.first, each.second), each.second.value / each.first.value)
            for each in pairs
            if each.is_settled is settled and each.first and each.second and each.first.value
        ]
        if points:
            uncertainties, changes = zip(*points, strict=True)
            axis.scatter(uncertainties, changes, s=14, color=colour, label=name)
    axis.set_yscale("log", base=2)
    axis.set_yticks([0.5, 1 / (1 + WITHIN), 1, 1 + WITHIN, 2], ["0.5", "0.83", "1", "1.2", "2"])
    axis.yaxis.set_minor_locator(NullLocator())
    axis.set_xscale("symlog", linthresh=0.02)
    axis.set_xlim(left=-0.002)
    axis.set_xticks([0, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
    axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xlabel("uncertainty of the two together, at 95 %", fontsize=9)
    axis.set_ylabel("second run's ratio to the first's", fontsize=9)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(fontsize=8, frameon=False, loc="upper left")
    drawing.savefig(path, dpi=110)


def _uncertainty(first: Ratio, second: Ratio) -> float:
    return hypot(first.uncertainty or 0.0, second.uncertainty or 0.0)
