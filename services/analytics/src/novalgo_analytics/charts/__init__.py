"""Charts of a report as PNG, by matplotlib's Figure: pyplot keeps global state and leaks."""
