"""`novalgo replay`: recorded alerts, sent to the simulator with another configuration."""
