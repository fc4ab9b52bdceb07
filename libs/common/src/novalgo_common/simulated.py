"""What the services and the simulator agree on when no account is configured.  Opens nothing."""

ALPACA_KEY_ID = "PKSIMULATED000000000"
ALPACA_SECRET_KEY = "simulated-secret-key-of-nobody"  # noqa: S105  # made up
