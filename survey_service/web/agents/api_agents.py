"""JSON for agents' tools: sessions, the next case, its lease, its outcome, its number. Every change takes a key."""

import datetime as dt
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, delete, post
from litestar.params import FromPath

from callbacks.calling import cases, deaths
from callbacks.calling.attempts import Recorded
from callbacks.calling.case_queue import NoCase
from callbacks.calling.cases import Claim, ReleaseReason
from callbacks.calling.outcomes import Said
from callbacks.errors import ClaimLost, UnknownCase
from callbacks.rules import phone_numbers
from survey_service import field
from survey_service.calls import case_sheet, recording
from survey_service.db import Change
from survey_service.errors import BadInput
from survey_service.trust import reveals, sessions
from survey_service.trust.accounts import token_digest
from survey_service.trust.program_tokens import Scope
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.agents.agent_desk import Desk, desk_of
from survey_service.web.agents.agents_outcomes import recorder
from survey_service.web.error_pages import answer_for
from survey_service.web.guards import CAPABILITY, actor_of, allow, site_of, viewer_of
from survey_service.web.idempotency import once
from survey_service.web.signin import COOKIE_SECONDS, sign_in

T = TypeVar("T")


class SessionIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who signs in."""

    name: str
    password: str


class NextIn(msgspec.Struct, forbid_unknown_fields=True):
    """The next case, of one zone (its code) if given."""

    zone: str | None = None


class HeldIn(msgspec.Struct, forbid_unknown_fields=True):
    """`attempt` and `claim` as the claim gave them."""

    attempt: str = ""
    claim: str = ""


class ReleaseIn(msgspec.Struct, forbid_unknown_fields=True):
    """Why the case goes back undialled."""

    reason: ReleaseReason


class AttemptIn(msgspec.Struct, forbid_unknown_fields=True):
    """What came of the dial; `attempt` and `claim` as the claim gave them. `died_on` goes with 230, `language` with 232."""

    attempt: str
    claim: str
    code: str
    note: str = ""
    appointment_at: dt.datetime | None = None
    inbound: bool = False
    died_on: dt.date | None = None
    language: str = ""


class RevealIn(msgspec.Struct, forbid_unknown_fields=True):
    """Why the number is needed."""

    reason: str


def calls(body: type) -> dict[str, Any]:
    """The `opt` of an agent's call that reads this body."""
    return allow(Role.AGENT, scope=Scope.CALLS, body=body)


REVEALING = allow(Role.AGENT, Role.SUPERVISOR, scope=Scope.REVEAL, body=RevealIn)


async def body_of(request: Request[Any, Any, Any], kind: type[T]) -> T:
    """The body as this struct; BadInput for anything else."""
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as problem:
        raise BadInput("请求的内容不符合接口说明。") from problem


@post("/api/v1/session", opt={**CAPABILITY, "body": SessionIn})
async def open_session(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Signs in: the cookie, and the token that every later change carries as X-CSRF-Token."""
    given, site = await body_of(request, SessionIn), site_of(request)
    signed_in = await sign_in(request, given.name.strip().casefold()[:60], given.password)
    token = sessions.csrf_token(site.keyring, token_digest(signed_in.secret))
    answer = {"csrf_token": token, "role": signed_in.account.role, "name": signed_in.account.display_name}
    cookie = pages.session_cookie(site.settings, signed_in.secret, COOKIE_SECONDS)
    return Response(msgspec.json.encode(answer), status_code=201, media_type="application/json", cookies=[cookie])


@delete("/api/v1/session", opt=allow(*Role), status_code=204)
async def close_session(request: Request[Any, Any, Any]) -> None:
    """Signs out."""
    viewer = viewer_of(request)
    if viewer is not None:
        async with site_of(request).ledger.change(actor_of(request)) as change:
            change.record(await sessions.close_session(viewer))


@post("/api/v1/agent/next", opt=calls(NextIn))
async def next_case(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The next case, or null and why."""
    desk, given = await desk_of(request), await body_of(request, NextIn)
    zone = await _zone(given.zone)

    async def act(change: Change) -> tuple[int, Any]:
        found, fact = await cases.claim_next(desk.scope, change.now, desk.calling.calendar, desk.calling.windows, zone)
        change.record(fact)
        if isinstance(found, NoCase):
            return 200, {"case": None, "why": found.sentence, "next_at": found.next_at, "counts": dict(found.counts)}
        return 200, {"case": await _payload(desk, found), "why": ""}

    return await once(request, act)


async def _zone(code: str | None) -> int | None:
    if code is None:
        return None
    found = await field.zone_id(code)
    if found is None:
        raise BadInput("没有这个片区。", "zone")
    return found


async def _payload(desk: Desk, claim: Claim) -> dict[str, Any]:
    """What the screen shows, as data; a sensitive project goes by its neutral name."""
    sheet = await case_sheet.load(desk.site.keyring, claim.case)
    return {
        "ref": claim.case.ref,
        "attempt": claim.attempt_ref,
        "claim": desk.claim_token(claim.case.ref, claim.attempt_ref),
        "lease_until": claim.lease_until,
        "spoken_name": sheet.callee.spoken(sheet.sensitive),
        "salutation": sheet.callee.salutation,
        "phone": sheet.callee.phone,
        "phone_grouped": sheet.callee.grouped,
        "projects": [module.about.spoken_name for module in sheet.modules],
        "attempts": claim.case.attempts,
        "attempts_left": sheet.tries_left,
    }


@post("/api/v1/cases/{ref:str}/heartbeat", opt=calls(HeldIn))
async def heartbeat(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[bytes]:
    """Renews the lease."""
    desk, given = await desk_of(request), await body_of(request, HeldIn)

    async def act(change: Change) -> tuple[int, Any]:
        try:
            until, fact = await cases.heartbeat(ref, desk.scope, change.now)
        except ClaimLost:
            if not desk.held_before(ref, given.attempt, given.claim):
                raise UnknownCase(ref) from None
            raise
        change.record(fact)
        return 200, {"lease_until": until}

    return await once(request, act)


@post("/api/v1/cases/{ref:str}/release", opt=calls(ReleaseIn))
async def release(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[bytes]:
    """Hands the case back undialled."""
    desk, given = await desk_of(request), await body_of(request, ReleaseIn)

    async def act(change: Change) -> tuple[int, Any]:
        await desk.count_release()
        change.record(await cases.release(ref, desk.scope, given.reason, change.now))
        return 200, {"released": True}

    return await once(request, act)


@post("/api/v1/cases/{ref:str}/attempts", opt=calls(AttemptIn))
async def attempts(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[bytes]:
    """Records what came of the dial. Late for a case that somebody else has: kept, and 409."""
    desk, given = await desk_of(request), await body_of(request, AttemptIn)
    if given.inbound:
        raise BadInput("对方打来的电话要在“来电查询”页面接，这里登记不了。", "inbound")
    spoken = await field.languages_spoken() if given.code == "232" else frozenset[str]()

    async def act(change: Change) -> tuple[int, Any]:
        if not desk.held_before(ref, given.attempt, given.claim):
            raise UnknownCase(ref)
        died = await deaths.before_frame(ref, given.died_on, desk.today) if given.died_on else None
        said = Said(
            given.code, given.note, _aware(given.appointment_at), died_before_frame=died,
            language=given.language.strip()[:20], languages_spoken=spoken,
        )  # fmt: skip
        recorded, facts = await recording.record(recorder(desk), ref, given.attempt, said, change.now, held_before=True)
        change.record(*facts)
        return (409, _late(recorded)) if recorded.contested else (201, _recorded(recorded))

    return await once(request, act)


def _aware(at: dt.datetime | None) -> dt.datetime | None:
    if at is not None and at.tzinfo is None:
        raise BadInput("时刻要带时区，如 2026-03-06T09:15:00+08:00。", "appointment_at")
    return at


def _recorded(recorded: Recorded) -> dict[str, Any]:
    return {
        "attempt": recorded.attempt_ref,
        "code": recorded.code,
        "state": recorded.state.value,
        "reason": recorded.reason,
        "next_attempt_at": recorded.next_attempt_at,
        "undo_until": recorded.undo_until,
    }


def _late(recorded: Recorded) -> dict[str, Any]:
    answer = answer_for(ClaimLost(recorded.case_ref, saved=True))
    return {
        "type": "about:blank",
        "status": answer.status,
        "code": answer.code,
        "title": answer.sentence,
        "saved": True,
    }


@post("/api/v1/cases/{ref:str}/reveal", opt=REVEALING, status_code=200)
async def reveal(request: Request[Any, Any, Any], ref: FromPath[str]) -> dict[str, str]:
    """The number of a case within sight. Each showing is a trail entry of its own, so a key does not replay it."""
    desk, given = await desk_of(request), await body_of(request, RevealIn)
    digits = await reveals.reveal(desk.site, actor_of(request), desk.scope, ref, given.reason)
    return {"phone": digits, "phone_grouped": phone_numbers.group(digits) if digits else ""}


HANDLERS = [open_session, close_session, next_case, heartbeat, release, attempts, reveal]
