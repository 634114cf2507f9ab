"""Commands of this part are registered here."""

import click


def register(group: click.Group) -> None:
    """Add these commands."""
