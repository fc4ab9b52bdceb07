"""What Prometheus reads from analytics."""

from datetime import timedelta
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from novalgo_analytics.accounting.lots import NONE
from novalgo_analytics.notifications.notice import Outcome
from novalgo_analytics.stages import STAGES, Stage
from novalgo_common.events import (
    AccountSnapshotTaken,
    AlarmRaised,
    Ending,
    Event,
    FillRecorded,
    OrderEnded,
    Reason,
    SignalEnded,
    SignalReceived,
)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """Counts of events are of those journaled since the start, each once."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._dollars()
        self.journaled = Counter(
            "novalgo_events_journaled",
            "Events journaled, each once",
            ["type"],
            registry=self.registry,
        )
        self.alarms = Counter(
            "novalgo_alarms",
            "Alarms raised by any service",
            ["code"],
            registry=self.registry,
        )
        self.last_signal = Gauge(
            "novalgo_last_signal_timestamp_seconds",
            "When the newest signal was stored",
            registry=self.registry,
        )
        self.endings = Counter(
            "novalgo_signal_endings",
            "Signals by how they ended, and why where not filled",
            ["ending", "reason"],
            registry=self.registry,
        )
        self.orders = Counter(
            "novalgo_orders_ended",
            "Orders by the state in which they ended",
            ["status"],
            registry=self.registry,
        )
        self.fills = Counter(
            "novalgo_fills",
            "Fills, by side, and by whether NovAlgo ordered them",
            ["side", "origin"],
            registry=self.registry,
        )
        self.stage_seconds = Histogram(
            "novalgo_stage_seconds",
            "From a signal's storage to its stage (from the alert to its storage for `stored`)",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.notifications = Counter(
            "novalgo_notifications",
            "Messages handed to a channel, by whether its service took them; given_up was tried "
            "for a day",
            ["channel", "outcome"],
            registry=self.registry,
        )
        # A count that first shows as 1 is no increase to Prometheus, and would alarm nobody.
        for ending, reason in product(Ending, ("", *Reason)):
            self.endings.labels(ending, reason)
        for stage in ("stored", *STAGES.values()):
            self.stage_seconds.labels(stage)

    def _dollars(self) -> None:
        self.equity = self._gauge(
            "equity_dollars", "The account's equity, by the broker's newest statement"
        )
        self.last_equity = self._gauge(
            "last_equity_dollars", "The account's equity at the previous close"
        )
        self.buying_power = self._gauge("buying_power_dollars", "What the account may still buy")
        self.unrealised = self._gauge(
            "unrealised_pnl_dollars", "Profit and loss of what is held, by the broker"
        )
        self.exposure = self._gauge(
            "gross_exposure_dollars", "Market value of longs and shorts together"
        )
        self.held = self._gauge("positions_held", "Symbols of which the account holds shares")
        self.snapshot = self._gauge(
            "account_timestamp_seconds", "When the broker last stated the account"
        )
        self.realised = self._gauge(
            "realised_pnl_dollars",
            "Realised profit and loss since the beginning, first in, first out",
        )

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"novalgo_{name}", meaning, registry=self.registry)

    def count(self, event: Event) -> None:
        """Count an event that was journaled for the first time."""
        self.journaled.labels(event.type).inc()
        match event:
            case AlarmRaised():
                self.alarms.labels(event.code).inc()
            case SignalReceived():
                self.last_signal.set(event.occurred_at.timestamp())
            case SignalEnded():
                self.endings.labels(event.ending, event.reason or "").inc()
            case OrderEnded():
                self.orders.labels(event.status).inc()
            case FillRecorded():
                self.fills.labels(event.side, "novalgo" if event.client_order_id else "other").inc()

    def will_tell(self, channel: str) -> None:
        """Show a channel from the start on."""
        for outcome in Outcome:
            self.notifications.labels(channel, outcome)

    def told(self, channel: str, outcome: Outcome) -> None:
        """Count what came of handing a message to a channel."""
        self.notifications.labels(channel, outcome).inc()

    def reached(self, stage: Stage, after: timedelta) -> None:
        """Observe a stage; clocks that disagree make no time negative."""
        self.stage_seconds.labels(stage).observe(max(0.0, after.total_seconds()))

    def stated(self, account: AccountSnapshotTaken) -> None:
        """Show the broker's newest statement."""
        self.equity.set(float(account.equity))
        self.last_equity.set(float(account.last_equity))
        self.buying_power.set(float(account.buying_power))
        self.snapshot.set(account.occurred_at.timestamp())
        self.held.set(len(account.positions))
        self.unrealised.set(float(sum(each.unrealized_pl or NONE for each in account.positions)))
        self.exposure.set(float(sum(abs(each.market_value or NONE) for each in account.positions)))
