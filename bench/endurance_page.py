"""Shows an endurance run: a page, and one picture of all that might have grown."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.sampling import Sample

PICTURE = Path("images", "endurance.png")
_COLOURS = ("#2563eb", "#d97706", "#059669", "#db2777")
PANELS: Sequence[tuple[str, Callable[[Sample], Mapping[str, float]]]] = (
    ("Resident memory, MB", lambda sample: sample.megabytes),
    ("File handles", lambda sample: sample.handles),
    ("Threads", lambda sample: sample.threads),
    ("Stores, MB", lambda sample: sample.stored_megabytes),
    ("Messages in RabbitMQ", lambda sample: {"all queues": sample.queued}),
    ("Answer to an alert, ms", lambda sample: {"p50": sample.answer_p50, "p99": sample.answer_p99}),
    ("From storage to, mean s", lambda sample: sample.stage_means),
)


def write_endurance(
    page: Path, machine: Mapping[str, str], samples: Sequence[Sample], unended: int
) -> None:
    """Write the page and its picture, unless there are too few samples to say anything."""
    if len(samples) < 4:
        return
    picture = page.parent / PICTURE
    picture.parent.mkdir(exist_ok=True)
    _draw(samples, picture)
    last = samples[-1]
    lines = [
        "# Endurance",
        "",
        f"Written by `make endurance`: {last.alerts:,} alerts in {last.seconds / 60:.0f} minutes, "
        f"{last.alerts / last.seconds:.1f} a second; {unended} without an ending at the end.",
        "",
        *(f"- {name}: {value}" for name, value in machine.items()),
        "",
        "| | after a quarter | at the end | ratio |",
        "|---|---:|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in growth(samples)),
        "",
        f"Each signal adds {_kilobytes_a_signal(samples):.1f} kB to the stores.",
        "",
        f"![What an endurance run held, over time]({PICTURE})",
    ]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def growth(samples: Sequence[Sample]) -> list[tuple[str, str, str, str]]:
    """Return a row for each figure: its value after a quarter of the run, at the end, the ratio.

    Before a quarter has passed caches fill, and say nothing about what grows for ever.
    """
    quarter, last = samples[len(samples) // 4], samples[-1]
    rows = []
    for title, figures in PANELS:
        for name, after in figures(last).items():
            before = figures(quarter).get(name, 0.0)
            ratio = f"×{after / before:.2f}" if before else ""
            rows.append((f"{title}: {name}", f"{before:.1f}", f"{after:.1f}", ratio))
    return rows


def _kilobytes_a_signal(samples: Sequence[Sample]) -> float:
    quarter, last = samples[len(samples) // 4], samples[-1]
    grown = sum(last.stored_megabytes.values()) - sum(quarter.stored_megabytes.values())
    return grown * 1024 / max(1, last.alerts - quarter.alerts)


def _draw(samples: Sequence[Sample], path: Path) -> None:
    drawing = Figure(figsize=(11, 2.3 * ((len(PANELS) + 1) // 2)), layout="constrained")
    places = list(drawing.subplots((len(PANELS) + 1) // 2, 2, sharex=True).flat)
    for axis, (title, figures) in zip(places, PANELS, strict=False):
        _panel(axis, title, samples, figures)
    for unused in places[len(PANELS) :]:
        unused.set_axis_off()
    drawing.supxlabel("minutes", fontsize=9)
    drawing.savefig(path, dpi=100)


def _panel(
    axis: Axes,
    title: str,
    samples: Sequence[Sample],
    figures: Callable[[Sample], Mapping[str, float]],
) -> None:
    names = list(dict.fromkeys(name for sample in samples for name in figures(sample)))
    for name, colour in zip(names, _COLOURS, strict=False):
        points = [(s.seconds / 60, figures(s)[name]) for s in samples if name in figures(s)]
        axis.plot(*zip(*points, strict=True), color=colour, label=name, linewidth=1.3)
    axis.set_title(title, fontsize=9, loc="left")
    axis.set_ylim(bottom=0)
    axis.spines[["top", "right"]].set_visible(False)
    if names:
        axis.legend(fontsize=7, frameon=False, ncols=len(names), loc="best")
