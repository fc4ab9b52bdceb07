"""The `novalgo` command."""
