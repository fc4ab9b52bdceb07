"""The simulated broker: orders, positions, the account."""
