"""Random references by which rows are known outside the database."""

import secrets

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/l/i: people read them out on the phone
LENGTH = 10


_EVEN = 256 - 256 % len(LETTERS)
"""Bytes below this fall on every letter equally often."""


def new_reference() -> str:
    """Ten random characters (49 bits); the unique index has the last word. One call for entropy, for lists are long."""
    letters: list[str] = []
    while len(letters) < LENGTH:
        letters += [LETTERS[byte % len(LETTERS)] for byte in secrets.token_bytes(2 * LENGTH) if byte < _EVEN]
    return "".join(letters[:LENGTH])
