"""An outcome recorded or withdrawn together with the answers behind it, in the caller's change."""

import datetime as dt
from dataclasses import dataclass

from callbacks.calling import attempts
from callbacks.calling.attempts import Recorded
from callbacks.calling.case_row import CaseRow, by_ref
from callbacks.calling.cases import Claim
from callbacks.calling.outcomes import Said
from callbacks.errors import UnknownCase
from callbacks.rules import dispositions
from callbacks.rules.states import CaseState
from callbacks.scope import Scope
from questionnaires.facts import Fact
from questionnaires.statements import instant, row
from survey_service.calls import call_answers, case_sheet
from survey_service.field import Hours
from survey_service.trust.privacy import Keyring


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, under which rules, with which keys."""

    scope: Scope
    hours: Hours
    keyring: Keyring
    office: str
    agent_no: str


def in_hands(case: CaseRow | None, scope: Scope) -> bool:
    """The agent holds the case, or let his lease lapse while nobody else took it."""
    if case is None:
        return False
    lapsed = case.state is CaseState.S01 and case.claimed_by == scope.account_id
    return case.held_by(scope.account_id) or lapsed


async def record(
    by: Recorder, case_ref: str, attempt_ref: str, said: Said, now: dt.datetime, *, held_before: bool
) -> tuple[Recorded, list[Fact]]:
    """The outcome of the dial, with the submission when it is complete.

    A case out of the agent's hands takes a contested outcome only from who proved to have held it (`held_before`);
    for anybody else it does not exist. Raises what `attempts.record` and `submissions.submit` raise.
    """
    case = await by_ref(case_ref)
    mine = in_hands(case, by.scope)
    if case is None or not (mine or held_before):
        raise UnknownCase(case_ref)
    facts: list[Fact] = []
    known = await row("SELECT 1 AS found FROM callbacks_attempt WHERE ref = $1", attempt_ref)
    fresh = mine and known is None
    if fresh and said.code in (dispositions.COMPLETE, dispositions.PARTIAL):
        facts += await _submit(by, case, said.code, now)
    recorded, fact = await attempts.record(
        by.scope, case_ref, attempt_ref, said, case.claimed_at or now, now,
        by.hours.calendar, by.hours.windows, by.keyring,
    )  # fmt: skip
    facts.append(fact)
    if fresh and said.code not in (dispositions.COMPLETE, dispositions.PARTIAL):
        facts += await _forget_who_answered(by, case, now)
    return recorded, facts


async def _submit(by: Recorder, case: CaseRow, code: str, now: dt.datetime) -> list[Fact]:
    sheet = await case_sheet.load(by.keyring, case)
    call = await call_answers.load(sheet, by.keyring, by.office, by.agent_no)
    return await call_answers.submit(call, case, code, now, by.keyring)


async def _forget_who_answered(by: Recorder, case: CaseRow, now: dt.datetime) -> list[Fact]:
    sheet = await case_sheet.load(by.keyring, case)
    if not any(module.version_id for module in sheet.modules):
        return []
    call = await call_answers.load(sheet, by.keyring, by.office, by.agent_no)
    return await call_answers.forget_who_answered(call, now, by.keyring)


async def undo(by: Recorder, attempt_ref: str, now: dt.datetime) -> tuple[Claim, list[Fact]]:
    """Withdraws an outcome; answers that were submitted with it are a draft again."""
    dial = await row("SELECT agent_id, ended_at FROM callbacks_attempt WHERE ref = $1", attempt_ref)
    if dial is None or dial["agent_id"] != by.scope.account_id:
        raise UnknownCase(attempt_ref)
    claim, fact = await attempts.undo(by.scope, attempt_ref, now, by.keyring)
    ended = instant(dial["ended_at"]) or now
    return claim, [fact, *await call_answers.reopen(claim.case, ended, now, by.keyring)]
