"""The simulated market: assets, hours, prices."""
