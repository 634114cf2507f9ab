"""The claimed case on one screen: shown, its answers kept as they are given, kept alive, handed back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from callbacks.calling import cases
from callbacks.calling.case_row import CaseRow, by_ref
from callbacks.calling.cases import ReleaseReason
from callbacks.errors import ClaimLost, NotClaimed, UnknownCase
from callbacks.rules import dispositions
from questionnaires.facts import Fact
from survey_service import field as fieldwork
from survey_service.calls import call_answers, case_sheet, recording
from survey_service.calls.case_sheet import Sheet
from survey_service.calls.interview import Interview, Proposal
from survey_service.errors import BadInput
from survey_service.messages import single_invitations
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.agents import call_form
from survey_service.web.agents.agent_desk import Desk, desk_of
from survey_service.web.guards import actor_of, allow

Form = URLEncodedBody[dict[str, str]]
FRAGMENT = "x-fragment"
OWN_FIELDS = frozenset({"csrf_token", "_module", "_attempt", "_claim", "_inbound"})
RELEASE_REASONS = (
    (ReleaseReason.BREAK, "我要离开一会儿"),
    (ReleaseReason.ACQUAINTED, "对方是我认识的人"),
    (ReleaseReason.MISTAKE, "点错了"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one showing of the screen differs in: the module looked at, refused values, an outcome that was refused."""

    module: str = ""
    inbound: str = ""
    """The proof that the person rang us."""

    refused: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outcome_group: str = ""
    outcome_error: str = ""
    note: str = ""
    appointment: Any = None


@get("/agent/cases/{ref:str}", opt=allow(Role.AGENT))
async def show(
    request: Request[Any, Any, Any], ref: FromPath[str], module: FromQuery[str] = "", inbound: FromQuery[str] = ""
) -> Response[Any]:
    """The claimed case. A lease that lapsed while nobody else came can be taken up again."""
    desk = await desk_of(request)
    try:
        case = await cases.load_claimed(ref, desk.scope)
    except (NotClaimed, UnknownCase):
        if recording.in_hands(await by_ref(ref), desk.scope):
            return pages.page(request, "agents/lapsed.html", status=409, ref=ref)
        raise
    return await screen(request, desk, case, Shown(module=module, inbound=inbound))


async def screen(
    request: Request[Any, Any, Any], desk: Desk, case: CaseRow, shown: Shown, status: int = 200
) -> Response[str]:
    """The page of a claimed case."""
    site, viewer = desk.site, desk.viewer
    sheet = await case_sheet.load(site.keyring, case)
    call = await call_answers.load(sheet, site.keyring, site.settings.office_name, viewer.agent_no)
    attempt = cases.attempt_ref(case)
    if not desk.rang_us(case.ref, attempt, shown.inbound):
        shown = replace(shown, inbound="")
    k = _part(call, shown.module)
    return pages.page(
        request,
        "agents/case.html",
        status=status,
        case=case,
        sheet=sheet,
        call=call,
        k=k,
        blocks=call_form.blocks(call.views(k), shown.refused, shown.typed),
        hidden=sheet.sensitive and not call.identified,
        attempt=attempt,
        claim=desk.claim_token(case.ref, attempt),
        proposals=[(proposal, dispositions.code(proposal.code)) for proposal in _proposals(call)],
        groups=call_form.GROUPS,
        times=call_form.times(desk.calling, desk.now, case.education, shown.appointment),
        reasons=RELEASE_REASONS,
        shown=shown,
        agent_no=viewer.agent_no,
        following=_following(sheet, call, k),
        promised=_promised(sheet, desk),
        no_link=await single_invitations.obstacle(site, case, desk.now),
        languages=sorted(await fieldwork.languages_spoken()),
    )


def _promised(sheet: Sheet, desk: Desk) -> str:
    """10:05 today, or with its date; empty without an appointment."""
    zone = desk.site.settings.zone
    return pages.near_text(sheet.promise.at.astimezone(zone), desk.now.astimezone(zone)) if sheet.promise else ""


def _part(call: Interview, module: str) -> int:
    return next((k for k, part in enumerate(call.parts) if part.module_ref == module), call.current)


def _proposals(call: Interview) -> tuple[Proposal, ...]:
    return call.proposals()


def _following(sheet: Sheet, call: Interview, k: int) -> tuple[str, str] | None:
    """Reference and name of the project to go on with once this one is settled."""
    if not call.settled(k) or call.current == k or call.settled(call.current):
        return None
    about = sheet.modules[call.current].about
    return about.module_ref, about.spoken_name


@post("/agent/cases/{ref:str}/answers", opt=allow(Role.AGENT))
async def answers(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[Any]:
    """Keeps what was given, as given; a case that went to somebody else keeps it apart for the supervisor."""
    desk, form = await desk_of(request), await request.form()
    typed = {name: [str(text) for text in form.getall(name)] for name in form if name not in OWN_FIELDS}
    module, inbound = str(form.get("_module", "")), str(form.get("_inbound", ""))
    refused: Mapping[str, str] = {}
    async with desk.site.ledger.change(actor_of(request)) as change:
        try:
            _, beat = await cases.heartbeat(ref, desk.scope, change.now)
        except ClaimLost:
            change.record(*await _kept_apart(desk, ref, form, typed))
            late = True
        else:
            refused, facts = await _saved(desk, ref, module, typed)
            change.record(beat, *facts)
            late = False
    if late:
        return lost_page(request)
    if not refused and not request.headers.get(FRAGMENT):
        return Redirect(_back(ref, module, inbound), status_code=303)
    case = await cases.load_claimed(ref, desk.scope)
    status = 422 if refused and not request.headers.get(FRAGMENT) else 200
    return await screen(request, desk, case, Shown(module, inbound, refused, typed), status)


async def _saved(
    desk: Desk, ref: str, module: str, typed: Mapping[str, Sequence[str]]
) -> tuple[Mapping[str, str], list[Fact]]:
    case = await by_ref(ref)
    if case is None:
        raise UnknownCase(ref)
    sheet = await case_sheet.load(desk.site.keyring, case)
    call = await call_answers.load(sheet, desk.site.keyring, desk.site.settings.office_name, desk.viewer.agent_no)
    part = call.parts[_part(call, module)]
    saved, facts = await call_answers.save(part, typed, desk.now, desk.site.keyring)
    return saved.refused, facts


async def _kept_apart(desk: Desk, ref: str, form: Any, typed: Mapping[str, Sequence[str]]) -> list[Fact]:
    attempt = str(form.get("_attempt", ""))
    case = await by_ref(ref)
    if case is None or not desk.held_before(ref, attempt, str(form.get("_claim", ""))):
        raise UnknownCase(ref)
    sheet = await case_sheet.load(desk.site.keyring, case)
    call = await call_answers.load(sheet, desk.site.keyring, desk.site.settings.office_name, desk.viewer.agent_no)
    part = call.parts[_part(call, str(form.get("_module", "")))]
    facts = await call_answers.save_late(part, typed, attempt, desk.now, desk.site.keyring)
    return [*facts, Fact("answers_kept_apart", ref, {"attempt": attempt})]


def lost_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The case belongs to somebody else now; what came is kept."""
    return pages.page(request, "agents/lost.html", status=409)


def _back(ref: str, module: str, inbound: str) -> str:
    asked = [
        *([f"module={module}"] if module.isalnum() else []),
        *([f"inbound={inbound}"] if inbound.isalnum() else []),
        "done=saved",
    ]
    return f"/agent/cases/{ref}?{'&'.join(asked)}"


@post("/agent/cases/{ref:str}/heartbeat", opt=allow(Role.AGENT))
async def heartbeat(
    request: Request[Any, Any, Any], ref: FromPath[str], attempt: FromQuery[str] = "", claim: FromQuery[str] = ""
) -> Response[Any]:
    """Renews the lease, from the page every half minute or by the button of a lapsed case."""
    desk = await desk_of(request)
    async with desk.site.ledger.change(actor_of(request)) as change:
        try:
            _, fact = await cases.heartbeat(ref, desk.scope, change.now)
        except ClaimLost:
            if not desk.held_before(ref, attempt, claim):
                raise UnknownCase(ref) from None
            raise
        change.record(fact)
    if request.headers.get(FRAGMENT):
        return Response("", status_code=200)
    return Redirect(f"/agent/cases/{ref}", status_code=303)


@post("/agent/cases/{ref:str}/release", opt=allow(Role.AGENT))
async def release(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Redirect:
    """Hands the case back undialled."""
    desk = await desk_of(request)
    reason = next((each for each in ReleaseReason if each.value == data.get("reason")), None)
    async with desk.site.ledger.change(actor_of(request)) as change:
        await cases.load_claimed(ref, desk.scope)
        if reason is None:
            raise BadInput("放回名单要选一个原因。", "reason")
        await desk.count_release()
        change.record(await cases.release(ref, desk.scope, reason, change.now))
    return Redirect("/agent?done=released", status_code=303)


HANDLERS = [show, answers, heartbeat, release]
