"""The templates, and the filters that they write numbers with."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from novalgo_analytics import wording

FILTERS = (
    wording.day,
    wording.dollars,
    wording.gain,
    wording.moment,
    wording.number,
    wording.percent,
    wording.seconds,
    wording.shares,
    wording.tone,
    wording.words,
)


def templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("novalgo_analytics"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {filter_.__name__: filter_ for filter_ in FILTERS}
    return environment
