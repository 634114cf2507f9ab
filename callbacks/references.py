"""Random references by which rows are known outside the database."""

import secrets

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/l/i: people read them out on the phone
LENGTH = 10


def new_reference() -> str:
    """Ten random characters (49 bits); the unique index has the last word."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
