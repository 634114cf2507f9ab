"""Answers of keyed calls, kept sealed for two days: they may hold what only the caller may read."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from questionnaires.statements import execute, row, rows
from survey_service.errors import KeyReused
from survey_service.trust.privacy import Keyring

COLUMN = "survey_service_idempotency.body"
KEPT_FOR = dt.timedelta(hours=48)
TAKE = """
INSERT INTO survey_service_idempotency (key_hash, body_hash, status, body, created_at) VALUES ($1, $2, 0, '', $3)
ON CONFLICT (key_hash) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Keyed:
    """The digest of caller, route and key, and that of the body."""

    key_hash: str
    body_hash: str


class AlreadyTaken(Exception):
    """This key was used before; the answer is kept."""


def keyed(caller: str, body: bytes) -> Keyed:
    """The digests of `caller` (who, which route, which key) and of the body sent."""
    return Keyed(_digest(caller.encode()), _digest(body))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


async def take(key: Keyed, now: dt.datetime) -> None:
    """Takes the key inside the running change, `now` being the real time. Raises AlreadyTaken."""
    # a second call with the same key waits here until the first one commits, and then finds the key taken
    if not await rows(TAKE, key.key_hash, key.body_hash, now):
        raise AlreadyTaken


async def keep(key: Keyed, status: int, body: bytes, keyring: Keyring) -> None:
    """Keeps what was answered beside the key."""
    await execute(
        "UPDATE survey_service_idempotency SET status = $1, body = $2 WHERE key_hash = $3",
        status,
        keyring.seal(COLUMN, key.key_hash, body.decode()),
        key.key_hash,
    )


async def earlier(key: Keyed, keyring: Keyring) -> tuple[int, bytes]:
    """Status and body of the answer that this key got. Raises KeyReused when it came with another body."""
    found = await row(
        "SELECT body_hash, status, body FROM survey_service_idempotency WHERE key_hash = $1", key.key_hash
    )
    if found is None or found["body_hash"] != key.body_hash:
        raise KeyReused
    return int(found["status"]), keyring.unseal(COLUMN, key.key_hash, found["body"]).encode()


async def forget(now: dt.datetime) -> int:
    """Drops answers that nobody will ask for again; `now` is the real time."""
    return await execute("DELETE FROM survey_service_idempotency WHERE created_at < $1", now - KEPT_FOR)
