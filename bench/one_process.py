"""Runs all four services in one process as `novalgo up` does, but without the simulator.

It stands for systems that run elsewhere, so a benchmark gives it a process of its own.
"""

from novalgo_analytics.main import SERVICE as ANALYTICS
from novalgo_common.process import run
from novalgo_executor.main import SERVICE as EXECUTOR
from novalgo_ingest.main import SERVICE as INGEST
from novalgo_sheets.main import SERVICE as SHEETS

if __name__ == "__main__":
    run(INGEST, EXECUTOR, SHEETS, ANALYTICS)
