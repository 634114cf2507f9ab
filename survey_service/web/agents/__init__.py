"""Pages and calls of those who ring people up."""
