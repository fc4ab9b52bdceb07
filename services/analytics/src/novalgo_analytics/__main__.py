"""Runs analytics alone: `python -m novalgo_analytics`."""

from novalgo_analytics.main import SERVICE
from novalgo_common.process import run

run(SERVICE)
