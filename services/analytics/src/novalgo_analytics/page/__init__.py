"""The page: everything that analytics serves over HTTP, and the API behind it."""
