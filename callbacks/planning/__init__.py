"""Waves: planned, drawn from the lists of projects, opened, closed; the calendar they run by."""
