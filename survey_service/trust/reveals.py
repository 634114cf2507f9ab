"""A number shown outside the screen of its claimed case: for a reason, counted, on the trail before it is shown."""

from callbacks.calling.case_row import CaseRow, by_ref
from callbacks.errors import UnknownCase
from callbacks.scope import Rows, Scope, conditions
from questionnaires.facts import Fact
from questionnaires.statements import dialect, row, rows
from survey_service.calls import case_sheet
from survey_service.clock import real_now
from survey_service.errors import BadInput, TooManyTries
from survey_service.site import Site
from survey_service.trust import limits
from survey_service.trust.audit import Actor

SHORTEST_REASON, LONGEST_REASON = 4, 200
WAIT_SECONDS = 3_600


async def reveal(site: Site, actor: Actor, scope: Scope, case_ref: str, reason: str) -> str:
    """The digits of the case's number. Raises BadInput, UnknownCase, TooManyTries; without a trail entry nothing."""
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise BadInput(f"查看号码要写明原因（{SHORTEST_REASON} 到 {LONGEST_REASON} 个字）。", "reason")
    case = await _visible(scope, case_ref)
    key, now = str(scope.account_id), real_now()
    try:
        async with site.ledger.change(actor) as change:
            if dialect() == "postgres":
                # sixty at once must not all see the fifty-ninth
                await rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"reveal {key}")
            if await limits.reached(site.keyring, limits.REVEALS, key, now):
                raise TooManyTries(WAIT_SECONDS)
            await limits.count(site.keyring, limits.REVEALS, key, now)
            change.record(Fact("phone_revealed", case_ref, {"reason": reason}))
    except TooManyTries:
        await site.ledger.note(actor, Fact("phone_revealed", case_ref, {"reason": reason}), "denied")
        raise
    return await case_sheet.phone_of(site.keyring, case)


async def _visible(scope: Scope, case_ref: str) -> CaseRow:
    seen = conditions(scope, Rows.CASE, "c", first=2)
    found = await row(f"SELECT 1 AS found FROM callbacks_case c WHERE c.ref = $1 AND {seen.sql}", case_ref, *seen.args)
    case = await by_ref(case_ref) if found else None
    if case is None:
        raise UnknownCase(case_ref)
    return case
