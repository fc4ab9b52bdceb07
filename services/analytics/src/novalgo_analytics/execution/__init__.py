"""How well signals were carried out: how fast, and at which price.  Pure."""
