"""How every chart looks: one place for its colours, its type and its axes."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# matplotlib takes a second and a half to import, and only reports need it.
# ruff: noqa: PLC0415

INK, SOFT, LINE, PAPER = "#16191f", "#626b7a", "#e3e6eb", "#ffffff"
BLUE, GREY, UP, DOWN = "#2f5fd0", "#9aa3b2", "#12875a", "#c8323c"
DOTS_PER_INCH = 150
MINUS = "\N{MINUS SIGN}"

_SETTINGS = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "ytick.left": False,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style, and leave matplotlib's settings as they were."""
    import matplotlib as mpl

    with mpl.rc_context(_SETTINGS):  # type: ignore[arg-type]
        yield


def figure(width: float = 9.0, height: float = 3.6) -> "Figure":
    """Return an empty figure; sizes are in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained")


def png(drawn: "Figure") -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(drawn)
    buffer = BytesIO()
    drawn.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def dollars(axis: Any) -> None:
    """Write the axis in dollars: `$12.5k`."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: dollar_tick(value)))


def percents(axis: Any) -> None:
    """Write parts as percents: `5%`."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, 3)))


def dates(axes: "Axes") -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def percent(part: float, digits: int) -> str:
    """Return `5%` with at most so many digits, a loss with a real minus."""
    return f"{part * 100:.{digits}g}%".replace("-", MINUS)


def dollar_tick(value: float) -> str:
    sign = MINUS if value < 0 else ""
    size = abs(value)
    if size >= 1_000_000:
        return f"{sign}${size / 1_000_000:.4g}M"
    if size >= 10_000:
        return f"{sign}${size / 1000:.4g}k"
    return f"{sign}${size:,.0f}" if size >= 10 or size == 0 else f"{sign}${size:.2f}"
