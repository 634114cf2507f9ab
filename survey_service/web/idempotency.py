"""A keyed call is answered once: the same key and body get the same answer, another body a refusal.

The key is taken inside the change that it guards, so that what was done and what was answered stand or fall together.
Answers are kept sealed: they may hold what only the caller may read.
"""

import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response

from questionnaires.statements import execute, row, rows
from survey_service.clock import real_now
from survey_service.db import Change
from survey_service.errors import BadInput, KeyReused
from survey_service.privacy import Keyring
from survey_service.web.guards import actor_of, site_of

HEADER = "idempotency-key"
COLUMN = "survey_service_idempotency.body"
LONGEST = 255
KEPT_FOR = dt.timedelta(hours=48)
JSON, PROBLEM = "application/json", "application/problem+json"
FIRST_ERROR = 400
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


Act = Callable[[Change], Awaitable[tuple[int, Any]]]


async def once(request: Request[Any, Any, Any], act: Act) -> Response[bytes]:
    """Runs `act` in a change and answers with its status and JSON; with an Idempotency-Key only the first time."""
    site, keyed = site_of(request), await _keyed(request)
    try:
        async with site.ledger.change(actor_of(request)) as change:
            if keyed:
                await _take(keyed)
            status, answer = await act(change)
            body = msgspec.json.encode(answer)
            if keyed:
                await _keep(keyed, status, body, site.keyring)
    except AlreadyTaken:
        assert keyed is not None
        return await _earlier(keyed, site.keyring)
    return _answer(status, body)


async def _keyed(request: Request[Any, Any, Any]) -> Keyed | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST:
        raise BadInput(f"Idempotency-Key 要有 1 到 {LONGEST} 个字符。", HEADER)
    caller = f"{actor_of(request).ref}|{request.method}|{request.scope['path']}|{key}"
    return Keyed(_digest(caller.encode()), _digest(await request.body()))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


async def _take(keyed: Keyed) -> None:
    # a second call with the same key waits here until the first one commits, and then finds the key taken
    if not await rows(TAKE, keyed.key_hash, keyed.body_hash, real_now()):
        raise AlreadyTaken


async def _keep(keyed: Keyed, status: int, body: bytes, keyring: Keyring) -> None:
    await execute(
        "UPDATE survey_service_idempotency SET status = $1, body = $2 WHERE key_hash = $3",
        status,
        keyring.seal(COLUMN, keyed.key_hash, body.decode()),
        keyed.key_hash,
    )


async def _earlier(keyed: Keyed, keyring: Keyring) -> Response[bytes]:
    found = await row(
        "SELECT body_hash, status, body FROM survey_service_idempotency WHERE key_hash = $1", keyed.key_hash
    )
    if found is None or found["body_hash"] != keyed.body_hash:
        raise KeyReused
    return _answer(int(found["status"]), keyring.unseal(COLUMN, keyed.key_hash, found["body"]).encode())


def _answer(status: int, body: bytes) -> Response[bytes]:
    return Response(body, status_code=status, media_type=PROBLEM if status >= FIRST_ERROR else JSON)


async def forget(now: dt.datetime) -> int:
    """Drops answers that nobody will ask for again; `now` is the real time."""
    return await execute("DELETE FROM survey_service_idempotency WHERE created_at < $1", now - KEPT_FOR)
