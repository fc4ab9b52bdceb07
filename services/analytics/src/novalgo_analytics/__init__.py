"""Fills to profit and loss: the journal, the ledgers, the Performance rows, the page."""
