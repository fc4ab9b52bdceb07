"""Reports: everything that the owner reads in the evening, as values, a page and files."""
