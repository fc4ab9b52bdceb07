"""`novalgo rebuild`: shows that the numbers are what the journal says, or makes them so."""

from dataclasses import dataclass

from novalgo_analytics.accounting.statement import statement
from novalgo_analytics.bookkeeper import Bookkeeper
from novalgo_analytics.store import Store
from novalgo_analytics.store.rebuild import Comparison, Told


@dataclass(frozen=True)
class Rebuilder:
    store: Store
    bookkeeper: Bookkeeper

    async def compare(self, told: Told) -> Comparison:
        """Derive everything again, and say where it is not byte for byte what was kept."""
        ledgers = await self.bookkeeper.ledgers()
        statements = {symbol: statement(ledger) for symbol, ledger in ledgers.items()}
        return await self.store.compare_with_journal(statements, self.bookkeeper.position, told)

    async def replace(self, told: Told) -> None:
        """Derive everything again and keep that.  No event is taken in meanwhile."""
        await self.store.rebuild(told)
        await self.bookkeeper.forget()
