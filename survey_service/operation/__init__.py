"""Bringing an installation up, keeping it ticking, and examining it."""
