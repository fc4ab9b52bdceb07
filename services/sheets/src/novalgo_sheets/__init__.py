"""Sheets: config in from the Google Sheet, status and performance out to it."""
