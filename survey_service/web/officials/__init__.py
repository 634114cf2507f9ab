"""Pages and calls of those who read results."""
