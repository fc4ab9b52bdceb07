"""`/api/v1`: the numbers behind the page, for programs too."""
