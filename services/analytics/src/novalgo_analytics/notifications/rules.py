"""The rules' file: what is told at which level, and the thresholds.  Pure."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from string import Formatter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from novalgo_analytics.notifications.notice import Kind, Level
from novalgo_common.errors import SettingsError

Minutes = Annotated[float, Field(ge=0, le=10_080)]
Threshold = Annotated[Decimal, Field(gt=0)]

WORDS: Mapping[Kind, frozenset[str]] = {
    Kind.FILL: frozenset({"symbol", "timeframe", "side", "quantity", "price", "leg"}),
    Kind.FAILURE: frozenset({"action", "symbol", "timeframe", "ending", "detail"}),
    Kind.DECLINED: frozenset({"action", "symbol", "timeframe", "ending", "detail"}),
    Kind.HALT: frozenset({"what", "scope", "reason"}),
    Kind.CONFIG: frozenset({"version", "rows", "active", "problems"}),
}
"""What each kind's template may use; the others have `message`, `service` and `code`."""
OTHERS = frozenset({"message", "service", "code"})


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Policy(_Strict):
    """How one kind of notice is told."""

    level: Level | Literal["off"]
    digest: Minutes
    cooldown: Minutes
    template: str


class Thresholds(_Strict):
    drawdown_percent: Threshold | None = None
    day_loss_dollars: Threshold | None = None
    position_loss_dollars: Threshold | None = None
    profit_target_dollars: Threshold | None = None
    exposure_percent: Threshold | None = None
    least_buying_power_dollars: Threshold | None = None
    latency_seconds: Threshold | None = None


class Rules(_Strict):
    notices: Mapping[Kind, Policy]
    rules: Thresholds = Thresholds()

    def policy(self, kind: Kind) -> Policy:
        return self.notices[kind]


def parse_rules(text: str, name: str) -> Rules:
    """Read the file called `name`; raise `SettingsError` with one line that says what to mend."""
    try:
        found = Rules.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{name}: {place}: {first['msg']}") from None
    for kind in Kind:
        if kind not in found.notices:
            raise SettingsError(f'{name}: [notices.{kind}] is missing (level = "off" silences it)')
        _check_template(name, kind, found.notices[kind].template)
    return found


def _check_template(name: str, kind: Kind, template: str) -> None:
    place = f"{name}: notices.{kind}.template"
    try:
        used = {word for _, word, _, _ in Formatter().parse(template) if word is not None}
    except ValueError as error:
        raise SettingsError(f"{place}: {error}") from None
    known = WORDS.get(kind, OTHERS)
    if unknown := used - known:
        raise SettingsError(f"{place}: {{{min(unknown)}}} is none of {', '.join(sorted(known))}")
