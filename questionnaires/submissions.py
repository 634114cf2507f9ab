"""Answers of one respondent: started, saved as they come, submitted exactly once; open text only sealed."""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from questionnaires import scoring, validation, versions
from questionnaires.definition import Definition, Item
from questionnaires.errors import AlreadySubmitted, AnswerRefused, NotComplete, NotOpen, UnknownSubmission
from questionnaires.facts import Fact
from questionnaires.logic import Context
from questionnaires.models import Version
from questionnaires.sealing import Sealer
from questionnaires.statements import dialect, execute, execute_many, instant, row, rows
from questionnaires.validation import Raw

SEALED_COLUMN = "questionnaires_open_text.sealed"
# Without 0, 1, i, l and o: references are read aloud on the phone.
REF_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
REF_LENGTH = 10

INSERT = """
INSERT INTO questionnaires_submission
    (ref, key, version_id, mode, state, answers, proxy, coached, started_at, changed_at)
VALUES ($1, $2, $3, $4, $5, '{}', 'self', FALSE, $6, $7) ON CONFLICT (key) DO NOTHING RETURNING id
"""
FIND = """
SELECT s.id, s.ref, s.key, s.version_id, v.sha256, s.mode, s.state, s.answers, s.changed_at, s.submitted_at,
    s.void_reason, s.proxy, s.coached, s.digest, EXISTS (SELECT 1 FROM questionnaires_open_text t WHERE t.submission_id = s.id) AS texts
FROM questionnaires_submission s JOIN questionnaires_version v ON v.id = s.version_id WHERE
"""
AS_THEY_ARE = (
    "id", "ref", "key", "version_id", "sha256", "mode", "state", "answers", "void_reason", "proxy", "digest",
)  # fmt: skip
SAVE = "UPDATE questionnaires_submission SET answers = $1, changed_at = $2 WHERE id = $3"
CLOSE = """
UPDATE questionnaires_submission SET state = 'submitted', submitted_at = $1, changed_at = $1, proxy = $2, coached = $3,
    digest = $4 WHERE id = $5
"""
TAKE_OUT = "UPDATE questionnaires_submission SET state = $1, void_reason = $2, changed_at = $3 WHERE id = $4"
INSERT_EVENT = "INSERT INTO questionnaires_answer_event (submission_id, item, code, at) VALUES ($1, $2, $3, $4)"
INSERT_ANSWER = "INSERT INTO questionnaires_answer (submission_id, item, code) VALUES ($1, $2, $3)"
UPSERT_TEXT = """
INSERT INTO questionnaires_open_text (submission_id, item, sealed) VALUES ($1, $2, $3)
ON CONFLICT (submission_id, item) DO UPDATE SET sealed = excluded.sealed
"""
DELETE_TEXT = "DELETE FROM questionnaires_open_text WHERE submission_id = $1 AND item = $2"


class SubmissionState(StrEnum):
    """Only a submitted one counts."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VOID = "void"
    SUPERSEDED = "superseded"


@dataclass(slots=True)
class Submission:
    """A set of answers from one respondent: closed ones as JSON, `texts` says whether there may be open ones.

    `sha256` is the version's. `held` is for the transaction that holds the row: nobody else changes it until its end.
    """

    id: int
    ref: str
    key: str
    version_id: int
    sha256: str
    mode: str
    state: str
    answers: str
    changed_at: dt.datetime
    submitted_at: dt.datetime | None = None
    void_reason: str | None = None
    proxy: str = "self"
    coached: bool = False
    digest: str | None = None
    texts: bool = True
    held: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """All answers after a save, open text included, and per refused item the sentence to show."""

    answers: Mapping[str, str]
    refused: Mapping[str, str]


async def start(version: Version | int, mode: str, key: str, now: dt.datetime) -> tuple[Submission, Fact]:
    """The submission of this key, begun now when it is new; the key makes repeated starts one.

    The fact of a new one names the content digest of the version: the notice that the respondent was shown.
    """
    of = version if isinstance(version, Version) else await versions.by_id(version)
    ref, state = "".join(secrets.choice(REF_LETTERS) for _ in range(REF_LENGTH)), SubmissionState.DRAFT.value
    added = await rows(INSERT, ref, key, of.id, mode, state, now, now)
    if added:
        begun = Submission(added[0]["id"], ref, key, of.id, of.sha256, mode, state, "{}", now, texts=False)
    else:
        begun = _found(await by_key(key), key)
    name = "submission_started" if added else "submission_resumed"
    data: dict[str, str | int | bool | None] = {"version": of.id, "sha256": of.sha256, "mode": begun.mode}
    return begun, Fact(name, begun.ref, data, chained=bool(added))


async def by_ref(ref: str) -> Submission:
    """The submission with this reference. Raises UnknownSubmission."""
    return _found(await _one("s.ref = $1", ref), ref)


async def by_id(submission_id: int) -> Submission:
    """The submission with this number. Raises UnknownSubmission."""
    return _found(await _one("s.id = $1", submission_id), submission_id)


async def by_key(key: str) -> Submission | None:
    """The submission begun under this key, or None when there is none yet."""
    return await _one("s.key = $1", key)


async def held_by_key(key: str) -> Submission | None:
    """As `by_key`, held until the transaction ends: two saves at once must not undo each other."""
    return await _one("s.key = $1", key, hold=True)


async def _one(condition: str, value: str | int, hold: bool = False) -> Submission | None:
    locking = " FOR UPDATE OF s" if hold and dialect() == "postgres" else ""
    found = await row(f"{FIND}{condition}{locking}", value)
    if found is None:
        return None
    known = {name: found[name] for name in AS_THEY_ARE}
    changed_at = instant(found["changed_at"])
    assert changed_at is not None
    return Submission(
        **known, changed_at=changed_at, submitted_at=instant(found["submitted_at"]), coached=bool(found["coached"]),
        # whoever waited for the row sees it as it is now, but the texts as they were before he waited
        texts=hold or bool(found["texts"]), held=hold,
    )  # fmt: skip


async def answers_of(submission: Submission, sealer: Sealer) -> dict[str, str]:
    """Answers by item name, open text unsealed; "" stands for an optional question that was passed."""
    answers: dict[str, str] = msgspec.json.decode(submission.answers, type=dict[str, str])
    sql = "SELECT item, sealed FROM questionnaires_open_text WHERE submission_id = $1"
    for text in await rows(sql, submission.id) if submission.texts else ():
        answers[text["item"]] = sealer.unseal(SEALED_COLUMN, _text_row(submission, text["item"]), text["sealed"])
    return answers


async def save(
    submission: Submission, answers: Mapping[str, Raw], now: dt.datetime, sealer: Sealer, context: Context
) -> tuple[Saved, Fact]:
    """Keeps the answers given, as given; several items at once or one.

    Values that an item does not take are reported and left out, the others are kept; a blank clears. Every change
    leaves an event (item, code, instant; no code for open text). After submitting, the same answers again change
    nothing; others raise AlreadySubmitted. Raises NotOpen for a void or superseded submission. The fact is unchained.
    """
    held = await _held(submission)
    definition = await versions.of_content(held.version_id, held.sha256)
    before = await answers_of(held, sealer)
    saved = _judged(definition, before, answers, now, context)
    changed = {name: value for name, value in saved.answers.items() if before.get(name) != value}
    if held.state == SubmissionState.SUBMITTED:
        if _differs(before, saved, answers):
            raise AlreadySubmitted(held.ref)
        return saved, Fact("submission_repeated", held.ref, chained=False)
    _refuse_closed(held)
    if changed:
        await _write(held, definition, saved.answers, changed, now, sealer)
        submission.answers, submission.changed_at, submission.texts = held.answers, held.changed_at, held.texts
    data = {"changed": len(changed), "refused": len(saved.refused)}
    return saved, Fact("submission_saved", held.ref, data, chained=False)


async def submit(
    submission: Submission, now: dt.datetime, sealer: Sealer, context: Context, partial: bool = False
) -> tuple[Submission, Fact]:
    """Closes the submission; from now on its answers count. A second time gives the same and an unchained fact.

    `partial` is for an interview that broke off after its key questions. Writes one row per metric item and code, the
    marks proxy and coached, and a keyed digest of all answers. Raises NotComplete, NotOpen.
    """
    held = await _held(submission)
    if held.state == SubmissionState.SUBMITTED:
        return held, Fact("submission_repeated", held.ref, chained=False)
    _refuse_closed(held)
    definition = await versions.of_content(held.version_id, held.sha256)
    answers = await answers_of(held, sealer)
    missing = validation.unanswered(definition, context, answers)
    if missing and not partial:
        raise NotComplete(held.ref, missing)
    pairs = scoring.metric_rows(definition, context, answers)
    await execute_many(INSERT_ANSWER, [(held.id, item, code) for item, code in pairs])
    marks = scoring.flags(definition, context, answers)
    held.state, held.submitted_at, held.changed_at = SubmissionState.SUBMITTED.value, now, now
    held.proxy, held.coached = marks.proxy.value, marks.coached
    held.digest = sealer.blind_index("submission", msgspec.json.encode(answers, order="sorted").decode())
    await execute(CLOSE, now, held.proxy, held.coached, held.digest, held.id)
    data: dict[str, str | int | bool | None] = {"version": held.version_id, "mode": held.mode, "partial": bool(missing)}
    return held, Fact("submission_submitted", held.ref, data)


async def void(submission: Submission, reason: str, now: dt.datetime) -> Fact:
    """Takes a submission out of every count; the answers and the reason stay. Raises NotOpen when it is out already."""
    return await _take_out(submission, SubmissionState.VOID, reason, now)


async def supersede(submission: Submission, by: Submission, now: dt.datetime) -> Fact:
    """Takes a submission out because another one of the same case counts instead. Raises NotOpen."""
    return await _take_out(submission, SubmissionState.SUPERSEDED, by.ref, now)


async def _take_out(submission: Submission, state: SubmissionState, reason: str, now: dt.datetime) -> Fact:
    held = await _held(submission)
    before = held.state
    _refuse_closed(held)
    if state is SubmissionState.SUPERSEDED:
        # a void one keeps its rows: the report shows the rate with and without what review removed
        await execute("DELETE FROM questionnaires_answer WHERE submission_id = $1", held.id)
    held.state, held.void_reason, held.changed_at = state.value, reason, now
    await execute(TAKE_OUT, held.state, reason, now, held.id)
    submission.state, submission.void_reason, submission.changed_at = held.state, held.void_reason, held.changed_at
    name = "submission_superseded" if state is SubmissionState.SUPERSEDED else "submission_voided"
    return Fact(name, held.ref, {"before": before})


async def _held(submission: Submission) -> Submission:
    """The row as it is now, held until the transaction ends: two saves at once must not undo each other."""
    return submission if submission.held else _found(await _one("s.id = $1", submission.id, hold=True), submission.ref)


def _found(submission: Submission | None, wanted: str | int) -> Submission:
    if submission is None:
        raise UnknownSubmission(wanted)
    return submission


def _refuse_closed(submission: Submission) -> None:
    if submission.state in (SubmissionState.VOID, SubmissionState.SUPERSEDED):
        raise NotOpen(submission.ref, submission.state)


def _judged(
    definition: Definition, before: Mapping[str, str], given: Mapping[str, Raw], now: dt.datetime, context: Context
) -> Saved:
    """Answers after the given ones, judged in the order of the form so that later ones see earlier ones."""
    answers, refused = dict(before), {name: "问卷里没有这一题" for name in given if definition.item(name) is None}
    for item in definition.items:
        if item.name not in given or _is_kept(item, before, given[item.name]):
            continue
        try:
            answers[item.name] = validation.accept(definition, item.name, given[item.name], context, answers, now)
        except AnswerRefused as error:
            refused[item.name] = error.sentence
            if item.is_question and _is_blank(given[item.name]):
                answers[item.name] = ""
    return Saved(answers, refused)


def _is_kept(item: Item, before: Mapping[str, str], raw: Raw) -> bool:
    """The same value again is not checked again: an appointment that was in the future may have passed since."""
    kept = before.get(item.name)
    if not kept or not item.is_question:
        return False
    try:
        return validation.canonical(item, raw) == kept
    except AnswerRefused:
        return False


def _differs(before: Mapping[str, str], saved: Saved, given: Mapping[str, Raw]) -> bool:
    changed = any((before.get(name) or "") != value for name, value in saved.answers.items())
    return changed or any(not _is_blank(given[name]) for name in saved.refused)


def _is_blank(raw: Raw) -> bool:
    return not "".join(raw).strip()


async def _write(
    held: Submission,
    definition: Definition,
    answers: Mapping[str, str],
    changed: Mapping[str, str],
    now: dt.datetime,
    sealer: Sealer,
) -> None:
    texts = {item.name for item in definition.items if item.is_open_text}
    for name in changed.keys() & texts:
        if changed[name]:
            sealed = sealer.seal(SEALED_COLUMN, _text_row(held, name), changed[name])
            await execute(UPSERT_TEXT, held.id, name, sealed)
            held.texts = True
        else:
            await execute(DELETE_TEXT, held.id, name)
    closed = {name: value for name, value in answers.items() if name not in texts or not value}
    held.answers, held.changed_at = msgspec.json.encode(closed, order="sorted").decode(), now
    await execute(SAVE, held.answers, now, held.id)
    events = [(held.id, name, None if name in texts else value, now) for name, value in changed.items()]
    await execute_many(INSERT_EVENT, events)


def _text_row(submission: Submission, item: str) -> str:
    return f"{submission.ref}/{item}"
