"""Shows an endurance run: a page, and one picture of all that might have grown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.sampling import Sample

PICTURE = Path("images", "endurance.png")
WINDOW = 180.0
"""Seconds whose median is a latency's figure: one sample of 15 s says little."""
_COLOURS = ("#2563eb", "#d97706", "#059669", "#db2777", "#6b7280")
Figures: TypeAlias = Callable[[Sample], Mapping[str, float]]
Panel: TypeAlias = tuple[str, Figures]
HELD: Sequence[Panel] = (
    ("Resident memory, MB", lambda sample: sample.megabytes),
    ("File handles", lambda sample: sample.handles),
    ("Threads", lambda sample: sample.threads),
    ("Stores, MB", lambda sample: sample.stored_megabytes),
    ("Messages in RabbitMQ", lambda sample: {"all queues": sample.queued}),
)
SPEED: Sequence[Panel] = (
    ("Processor, percent of a core", lambda sample: sample.processor),
    ("Answer to an alert, ms", lambda sample: {"p50": sample.answer_p50, "p99": sample.answer_p99}),
    ("From storage to, mean ms", lambda sample: _milliseconds(sample.stage_means)),
    ("A block to the disk, ms", lambda sample: {"p50": sample.flush_p50, "p99": sample.flush_p99}),
)
PANELS = (*HELD, *SPEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What an endurance run has found so far."""

    machine: Mapping[str, str]
    samples: Sequence[Sample]
    fresh: Sequence[Sample] = ()
    """Those of a new system that was measured right after, where that is done already."""
    unended: int = 0
    """Signals without an ending when all was done."""


def write_endurance(page: Path, run: Run) -> None:
    """Write the page and its picture, unless there are too few samples to say anything."""
    samples, fresh = run.samples, run.fresh
    if len(samples) < 4:
        return
    picture = page.parent / PICTURE
    picture.parent.mkdir(exist_ok=True)
    _draw(samples, fresh, picture)
    last = samples[-1]
    lines = [
        "# Endurance",
        "",
        f"Written by `make endurance`: {last.alerts:,} alerts in {last.seconds / 60:.0f} minutes, "
        f"{last.alerts / last.seconds:.1f} a second; {run.unended} without an ending at the end.",
        "",
        *(f"- {name}: {value}" for name, value in run.machine.items()),
        "",
        "| | after a quarter | at the end | ratio |",
        "|---|---:|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in growth(samples)),
        "",
        f"Each signal adds {_kilobytes_a_signal(samples):.1f} kB to the stores. Analytics keeps "
        "all trades at hand ([decision 21](decisions/0021-the-journal-is-the-stream.md)).",
        "",
        "A machine is not always equally fast. What takes time is therefore seen beside the "
        "same of a new system with empty stores, which got as many alerts a second right after "
        "the end, and beside what the disk takes for a block of nobody's. "
        f"Medians of the samples of {WINDOW / 60:.0f} minutes:",
        "",
        "| | after a quarter | at the end | new system, right after | end beside new |",
        "|---|---:|---:|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in slowing(samples, fresh)),
        "",
        f"![What an endurance run held, over time; dotted: the new system right after]({PICTURE})",
    ]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def growth(samples: Sequence[Sample]) -> list[tuple[str, str, str, str]]:
    """Return a row for each thing held: after a quarter of the run, at the end, and the ratio.

    Before a quarter has passed caches fill, and say nothing about what grows for ever.
    """
    quarter, last = samples[len(samples) // 4], samples[-1]
    rows = []
    for title, figures in HELD:
        for name, after in figures(last).items():
            before = figures(quarter).get(name, 0.0)
            rows.append(
                (f"{title}: {name}", f"{before:.1f}", f"{after:.1f}", _ratio(after, before))
            )
    return rows


def slowing(samples: Sequence[Sample], fresh: Sequence[Sample]) -> list[tuple[str, ...]]:
    """Return a row for each latency and cost: after a quarter, at the end, of a new system, and
    the end's ratio to that."""
    quarter, end = (
        [each for each in samples if at - WINDOW < each.seconds <= at]
        for at in (samples[len(samples) // 4].seconds, samples[-1].seconds)
    )
    rows = []
    for title, figures in SPEED:
        for name in _names(samples, figures):
            found = [_median(figures, name, of) for of in (quarter, end, fresh)]
            shown = (f"{each:.{0 if each >= 10 else 1}f}" if each else "" for each in found)
            rows.append((f"{title}: {name}", *shown, _ratio(found[1], found[2])))
    return rows


def _names(samples: Sequence[Sample], figures: Figures) -> list[str]:
    return list(dict.fromkeys(name for sample in samples for name in figures(sample)))


def _median(figures: Figures, name: str, samples: Sequence[Sample]) -> float:
    return median([figures(each)[name] for each in samples if name in figures(each)] or [0.0])


def _ratio(after: float, before: float) -> str:
    return f"×{after / before:.2f}" if before else ""


def _milliseconds(seconds: Mapping[str, float]) -> Mapping[str, float]:
    return {name: each * 1000 for name, each in seconds.items()}


def _kilobytes_a_signal(samples: Sequence[Sample]) -> float:
    quarter, last = samples[len(samples) // 4], samples[-1]
    grown = sum(last.stored_megabytes.values()) - sum(quarter.stored_megabytes.values())
    return grown * 1024 / max(1, last.alerts - quarter.alerts)


def _draw(samples: Sequence[Sample], fresh: Sequence[Sample], path: Path) -> None:
    drawing = Figure(figsize=(11, 2.3 * ((len(PANELS) + 1) // 2)), layout="constrained")
    places = list(drawing.subplots((len(PANELS) + 1) // 2, 2, sharex=True).flat)
    after = [replace(each, seconds=each.seconds + samples[-1].seconds) for each in fresh]
    for axis, (title, figures) in zip(places, PANELS, strict=False):
        names = _names(samples, figures)
        for name, colour in zip(names, _COLOURS, strict=False):
            _line(axis, samples, figures, name, color=colour, label=name)
            if (title, figures) in SPEED:
                _line(axis, after, figures, name, color=colour, linestyle=":")
        axis.set_title(title, fontsize=9, loc="left")
        axis.set_ylim(bottom=0)
        axis.spines[["top", "right"]].set_visible(False)
        if names:
            axis.legend(fontsize=7, frameon=False, ncols=len(names), loc="best")
    for unused in places[len(PANELS) :]:
        unused.set_axis_off()
    drawing.supxlabel("minutes", fontsize=9)
    drawing.savefig(path, dpi=100)


def _line(
    axis: Axes,
    samples: Sequence[Sample],
    figures: Figures,
    name: str,
    **look: Any,
) -> None:
    points = [(s.seconds / 60, figures(s)[name]) for s in samples if name in figures(s)]
    if points:
        axis.plot(*zip(*points, strict=True), linewidth=1.3, **look)
