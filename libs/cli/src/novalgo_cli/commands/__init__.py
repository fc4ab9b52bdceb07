"""The commands of `novalgo`, a file for each group of them."""
