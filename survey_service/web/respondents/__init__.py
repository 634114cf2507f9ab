"""Pages and calls of those who are asked, and pages for everybody."""
