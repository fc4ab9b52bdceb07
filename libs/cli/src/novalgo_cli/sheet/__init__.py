"""`novalgo sheet`: the owner's spreadsheet."""
