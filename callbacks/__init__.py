"""Fieldwork: whom do we call next, and what came of it."""
