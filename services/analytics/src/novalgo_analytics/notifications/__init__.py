"""What the owner is told, how urgently, and over which channels."""
