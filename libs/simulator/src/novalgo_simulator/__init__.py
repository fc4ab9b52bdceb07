"""A local Alpaca and Google Sheets that behave as the documented services do."""
