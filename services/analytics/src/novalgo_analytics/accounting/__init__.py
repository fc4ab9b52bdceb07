"""Which shares a trade closes, and what that earned.  Pure."""
