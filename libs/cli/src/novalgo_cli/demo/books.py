"""NovAlgo's numbers beside the simulator's.  Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from novalgo_cli.demo.outcome import Outcome
from novalgo_sheets.performance_tab import TOTAL

CENT = Decimal("0.01")
NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One number, by two accounts of it."""

    what: str
    ours: Decimal | None
    theirs: Decimal

    @property
    def agrees(self) -> bool:
        return self.ours is not None and cents(self.ours) == cents(self.theirs)


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolLine:
    symbol: str
    quantity: Pair
    realised: Pair
    unrealised: Pair

    @property
    def agrees(self) -> bool:
        # Shares count to the last decimal, dollars to the cent.
        return (
            self.quantity.ours == self.quantity.theirs
            and self.realised.agrees
            and self.unrealised.agrees
        )


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def dollars(amount: Decimal) -> str:
    """Return `$250.50` or `-$12.00`."""
    return f"{'-' if amount < 0 else ''}${abs(cents(amount)):,}"


def by_symbol(outcome: Outcome) -> list[SymbolLine]:
    """Return a line for each symbol that either side knows."""
    ours = {line["symbol"]: line for line in outcome.summary["by_symbol"]}
    theirs = outcome.account["symbols"]
    return [
        SymbolLine(
            symbol=symbol,
            quantity=_pair("shares", ours, theirs, symbol, ("quantity", "qty")),
            realised=_pair("realised", ours, theirs, symbol, ("realised", "realised")),
            unrealised=_pair("unrealised", ours, theirs, symbol, ("unrealised", "unrealised")),
        )
        for symbol in sorted(ours.keys() | theirs.keys())
    ]


def by_book(outcome: Outcome) -> list[Pair]:
    """Return what the books of each symbol earned together, beside the symbol's own.

    Realised and unrealised as one: which shares are said to be gone may differ, the dollars not.
    """
    together: dict[str, Decimal] = {}
    for book in outcome.summary["by_book"]:
        together[book["symbol"]] = together.get(book["symbol"], NONE) + _earned(book)
    return [
        Pair(what=line["symbol"], ours=together.get(line["symbol"], NONE), theirs=_earned(line))
        for line in outcome.summary["by_symbol"]
    ]


def account(outcome: Outcome) -> list[Pair]:
    stated = outcome.summary["account"]
    sources = {
        "cash": stated,
        "equity": stated,
        "realised": outcome.summary,
        "unrealised": outcome.summary,
    }
    return [
        Pair(what=what, ours=Decimal(source[what]), theirs=Decimal(outcome.account[what]))
        for what, source in sources.items()
    ]


def performance(outcome: Outcome) -> list[Pair]:
    """Return the Performance tab's profit of each symbol beside the simulator's."""
    header, *rows = outcome.performance_tab or [["symbol", "total_pnl"]]
    symbol, profit = header.index("symbol"), header.index("total_pnl")
    shown = {row[symbol]: _dollars(row[profit]) for row in rows if row[symbol] != TOTAL}
    realised = {name: Decimal(of["realised"]) for name, of in outcome.account["symbols"].items()}
    return [
        Pair(what=name, ours=shown.get(name, NONE), theirs=realised.get(name, NONE))
        for name in sorted(shown.keys() | realised.keys())
    ]


def _pair(
    what: str,
    ours: dict[str, dict[str, str]],
    theirs: dict[str, dict[str, str]],
    symbol: str,
    fields: tuple[str, str],
) -> Pair:
    our, their = ours.get(symbol, {}).get(fields[0]), theirs.get(symbol, {}).get(fields[1])
    return Pair(
        what=what,
        ours=Decimal(our) if our is not None else None,
        theirs=Decimal(their) if their is not None else NONE,
    )


def _earned(line: dict[str, str]) -> Decimal:
    return Decimal(line["realised"]) + Decimal(line["unrealised"])


def _dollars(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", ""))
