"""Delivery receipts of the SMS gateway: signed over time and body, harmless when they come twice."""

import hashlib
import hmac
from pathlib import Path
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post

from questionnaires.facts import Fact
from survey_service.clock import real_now
from survey_service.errors import BadInput, NotFound
from survey_service.messages import outbox
from survey_service.site import Site
from survey_service.trust.audit import Actor
from survey_service.web.guards import CAPABILITY, actor_of, site_of

WINDOW_SECONDS = 300
MOST = 1_000


class Receipt(msgspec.Struct, frozen=True):
    """One receipt: our reference and the gateway's word."""

    ref: str
    status: str


@post("/hooks/sms", opt=CAPABILITY)
async def receipts(request: Request[Any, Any, Any]) -> Response[str]:
    """Take receipts in. 404 when none are expected, 401 without a fresh and fitting signature."""
    site = site_of(request)
    key = _key(site)
    body = await request.body()
    if not signed(key, request.headers.get("x-timestamp", ""), body, request.headers.get("x-signature", "")):
        await site.ledger.note(actor_of(request), Fact("receipt_refused", "hooks/sms"), "denied")
        return Response("signature\n", status_code=401, media_type=MediaType.TEXT)
    found = _read(body)
    state = request.scope["state"]
    actor = Actor("gateway", "system", state.get("address", ""), state.get("request_id", ""))
    async with site.ledger.change(actor) as change:
        change.record(Fact("receipts_read", "outbox", {"count": len(found)}, chained=False))
        for one in found:
            change.record(await outbox.receipt(one.ref, one.status))
    return Response("ok\n", status_code=200, media_type=MediaType.TEXT)


def _key(site: Site) -> bytes:
    path = site.settings.sms_receipt_key_file
    if not path or not Path(path).is_file():
        raise NotFound
    key = Path(path).read_bytes().strip()
    if not key:
        raise NotFound
    return key


def signed(key: bytes, timestamp: str, body: bytes, signature: str) -> bool:
    """Whether the signature is HMAC-SHA256 over `timestamp.body`, hex, and the time within five minutes of ours."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    fresh = abs(real_now().timestamp() - int(timestamp)) <= WINDOW_SECONDS
    expected = hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.casefold().encode()) and fresh


def _read(body: bytes) -> list[Receipt]:
    try:
        found = msgspec.json.decode(body, type=list[Receipt])
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise BadInput("回执应是 JSON 数组，每项含 ref 和 status。") from problem
    if len(found) > MOST:
        raise BadInput(f"一次最多{MOST}条回执。")
    return found


HANDLERS = [receipts]
