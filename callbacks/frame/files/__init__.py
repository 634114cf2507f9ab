"""Foreign tables opened and their cells read."""
