"""A keyed call is answered once: the same key and body get the same answer, another body a refusal.

The key is taken inside the change that it guards, so that what was done and what was answered stand or fall together.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Request, Response

from survey_service import kept_answers
from survey_service.clock import real_now
from survey_service.db import Change
from survey_service.errors import BadInput
from survey_service.kept_answers import AlreadyTaken, Keyed
from survey_service.web.guards import actor_of, site_of

HEADER = "idempotency-key"
LONGEST = 255
JSON, PROBLEM = "application/json", "application/problem+json"
FIRST_ERROR = 400

Act = Callable[[Change], Awaitable[tuple[int, Any]]]


async def once(request: Request[Any, Any, Any], act: Act) -> Response[bytes]:
    """Runs `act` in a change and answers with its status and JSON; with an Idempotency-Key only the first time."""
    site, keyed = site_of(request), await _keyed(request)
    try:
        async with site.ledger.change(actor_of(request)) as change:
            if keyed:
                await kept_answers.take(keyed, real_now())
            status, answer = await act(change)
            body = msgspec.json.encode(answer)
            if keyed:
                await kept_answers.keep(keyed, status, body, site.keyring)
    except AlreadyTaken:
        assert keyed is not None
        status, body = await kept_answers.earlier(keyed, site.keyring)
    return Response(body, status_code=status, media_type=PROBLEM if status >= FIRST_ERROR else JSON)


async def _keyed(request: Request[Any, Any, Any]) -> Keyed | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST:
        raise BadInput(f"Idempotency-Key 要有 1 到 {LONGEST} 个字符。", HEADER)
    caller = f"{actor_of(request).ref}|{request.method}|{request.scope['path']}|{key}"
    return kept_answers.keyed(caller, await request.body())
