"""The answers of a call between the screen and the submissions: loaded, saved as given, submitted, reopened."""

import datetime as dt
from collections.abc import Mapping

from callbacks.calling import cases, tallies
from callbacks.calling.case_row import CaseRow
from callbacks.rules import dispositions
from questionnaires import submissions, versions
from questionnaires.facts import Fact
from questionnaires.statements import execute, rows
from questionnaires.submissions import Saved, SubmissionState
from questionnaires.validation import Raw
from survey_service.calls import interview as interviews
from survey_service.calls.case_sheet import ModuleSheet, Sheet
from survey_service.calls.interview import Interview, Part
from survey_service.errors import NoPhoneForm
from survey_service.questionnaire_context import context
from survey_service.trust.privacy import Keyring

MODE = "phone"
MOST_REVISIONS = 9
ASKED_IN_EVERY_CALL = ("q_ident", "q_consent", "q_appt", "q_nocall")


def key_of(module_ref: str, revision: int = 1) -> str:
    """The key under which a module's answers by phone are kept; an undone completion opens the next revision."""
    return f"call:{module_ref}" if revision == 1 else f"call:{module_ref}:{revision}"


def _late_key(module_ref: str, attempt_ref: str) -> str:
    return f"late:{module_ref}:{attempt_ref}"


async def latest(module_ref: str) -> int | None:
    """The id of the newest revision of a module's answers by phone."""
    keys = [key_of(module_ref, revision) for revision in range(1, MOST_REVISIONS + 1)]
    marks = ", ".join(f"${number}" for number in range(1, len(keys) + 1))
    found = await rows(f"SELECT MAX(id) AS id FROM questionnaires_submission WHERE key IN ({marks})", *keys)
    return found[0]["id"] if found else None


async def load(sheet: Sheet, keyring: Keyring, office: str, agent_no: str) -> Interview:
    """The call as far as it has come. Raises NoPhoneForm."""
    parts = [await _part(module, sheet, keyring, office, agent_no) for module in sheet.modules]
    if not parts:
        raise NoPhoneForm
    return interviews.interview(parts)


async def _part(module: ModuleSheet, sheet: Sheet, keyring: Keyring, office: str, agent_no: str) -> Part:
    version, answers = module.version_id, dict[str, str]()
    if (kept := await latest(module.about.module_ref)) is not None:
        submission = await submissions.by_id(kept)
        version, answers = submission.version_id, await submissions.answers_of(submission, keyring)
        definition = await versions.of_content(version, submission.sha256)
    elif version is None:
        raise NoPhoneForm
    else:
        definition = await versions.load(version)
    asked_with = context(module.about, office, sheet.callee.salutation, agent_no, module.full_name)
    return Part(module.about.module_ref, version, definition, asked_with, answers)


async def save(part: Part, given: Mapping[str, Raw], now: dt.datetime, keyring: Keyring) -> tuple[Saved, list[Fact]]:
    """Keeps answers of one part as given; its first ones begin its submission."""
    kept, facts = await _begin(part, now)
    submission = await submissions.by_id(kept)
    saved, fact = await submissions.save(submission, _changed(part, given), now, keyring, part.context)
    return saved, [*facts, fact]


def _changed(part: Part, given: Mapping[str, Raw]) -> dict[str, Raw]:
    """Blank fields that were blank before are no answers yet; everything else is."""
    return {
        name: value
        for name, value in given.items()
        if part.definition.item(name) is not None and ("".join(value).strip() or part.answers.get(name))
    }


async def _begin(part: Part, now: dt.datetime) -> tuple[int, list[Fact]]:
    kept = await latest(part.module_ref)
    if kept is not None:
        return kept, []
    submission, fact = await submissions.start(part.version_id, MODE, key_of(part.module_ref), now)
    return submission.id, [fact]


async def save_late(
    part: Part, given: Mapping[str, Raw], attempt_ref: str, now: dt.datetime, keyring: Keyring
) -> list[Fact]:
    """What an agent typed after the case went to somebody else: kept apart for the supervisor, counted nowhere."""
    submission, started = await submissions.start(part.version_id, MODE, _late_key(part.module_ref, attempt_ref), now)
    _, saved = await submissions.save(submission, _changed(part, given), now, keyring, part.context)
    return [started, saved]


async def submit(call: Interview, case: CaseRow, code: str, now: dt.datetime, keyring: Keyring) -> list[Fact]:
    """Submits what counts under outcome 100 or 110 and ties it to the modules. Raises NotComplete."""
    partial = code == dispositions.PARTIAL
    facts: list[Fact] = []
    for k in call.submittable(partial):
        part = call.parts[k]
        kept, begun = await _begin(part, now)
        submission = await submissions.by_id(kept)
        if submission.state == SubmissionState.SUBMITTED:
            continue
        shared = {name: value for name, value in call.answers[k].items() if part.answers.get(name) != value}
        _, saved = await submissions.save(submission, shared, now, keyring, part.context)
        done, submitted = await submissions.submit(submission, now, keyring, part.context, partial=partial)
        _, counted = await cases.count_submission(case, part.module_ref, done, now, code)
        facts += [*begun, saved, submitted, *counted]
    return facts


async def forget_who_answered(call: Interview, now: dt.datetime, keyring: Keyring) -> list[Fact]:
    """After a call that did not complete: the next one asks again who is on the line and whether it suits."""
    part = call.parts[0]
    kept = await latest(part.module_ref)
    given = {name: "" for name in ASKED_IN_EVERY_CALL if part.answers.get(name)}
    if kept is None or not given:
        return []
    submission = await submissions.by_id(kept)
    if submission.state != SubmissionState.DRAFT:
        return []
    _, fact = await submissions.save(submission, given, now, keyring, part.context)
    return [fact]


async def reopen(case: CaseRow, since: dt.datetime, now: dt.datetime, keyring: Keyring) -> list[Fact]:
    """After a withdrawn completion: what was submitted with it is replaced by a draft with the same answers."""
    found = await rows(
        "SELECT m.id, m.ref, m.submission_id, s.key FROM callbacks_module m"
        " JOIN questionnaires_submission s ON s.id = m.submission_id"
        " WHERE m.case_id = $1 AND s.mode = $2 AND s.state = 'submitted' AND s.submitted_at >= $3",
        case.id,
        MODE,
        since,
    )
    facts: list[Fact] = []
    for each in found:
        before = await submissions.by_id(each["submission_id"])
        revision = int(before.key.rpartition(":")[2]) + 1 if before.key.count(":") == 2 else 2
        after, started = await submissions.start(before.version_id, MODE, key_of(each["ref"], revision), now)
        answers = await submissions.answers_of(before, keyring)
        _, saved = await submissions.save(after, answers, now, keyring, {})
        await tallies.remove(each["id"])
        await execute("UPDATE callbacks_module SET submission_id = NULL WHERE id = $1", each["id"])
        facts += [started, saved, await submissions.supersede(before, after, now)]
    return facts
