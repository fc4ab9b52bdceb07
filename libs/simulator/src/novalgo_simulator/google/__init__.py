"""The simulated Google Sheets."""
