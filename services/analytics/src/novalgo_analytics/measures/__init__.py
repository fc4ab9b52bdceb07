"""How well it goes, in numbers that have a definition and a source (docs/metrics.md).  Pure."""
