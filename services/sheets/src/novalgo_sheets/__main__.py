"""Runs the sheets service alone: `python -m novalgo_sheets`."""

from novalgo_common.process import run
from novalgo_sheets.main import SERVICE

run(SERVICE)
