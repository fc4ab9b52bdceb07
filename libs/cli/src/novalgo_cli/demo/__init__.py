"""`novalgo demo`: a trading day, compressed, against the simulator."""
