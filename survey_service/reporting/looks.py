"""Looks at the evidence: taken by the clock when a replicate of the pre-drawn order closes, kept, and never taken again.

Why only then, and what would make the evidence worthless: analysis/sequential/order.py.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from analysis.errors import (
    AnswerWithoutPlace,
    AttemptsCapChanged,
    AttemptsOverCap,
    ClosedTooEarly,
    LookChanged,
    OrderDrawnTooLate,
    PlaceOutOfRange,
    PlaceTwice,
    ReplicatesBroken,
    SeedNotCommitted,
)
from analysis.metrics import MetricDefinition, metric
from analysis.sequential.order import Order, Person, Prefix, Result, closed_looks, replicate_ends
from analysis.tallies import STAFF
from callbacks.rules.states import SETTLED, listed
from questionnaires import statements
from questionnaires.facts import Fact

METRICS = ("M01", "M06")
BROKEN = (
    AnswerWithoutPlace, AttemptsCapChanged, AttemptsOverCap, ClosedTooEarly, OrderDrawnTooLate, PlaceOutOfRange,
    PlaceTwice, ReplicatesBroken, SeedNotCommitted,
)  # fmt: skip
"""A condition of valid evidence does not hold for this project: no look is taken, and the report says why."""

CLOSED = f"""(c.state IN ({listed(SETTLED)}) OR (c.state = 'S07' AND NOT EXISTS (SELECT 1 FROM callbacks_link l
    WHERE l.case_id = c.id AND l.revoked_at IS NULL AND l.used_at IS NULL AND l.expires_at > $1)))"""
"""An answer stands or none will come; who was sent a link may still answer until it expires."""

READY = f"""
SELECT f.id, f.population, f.drawn, f.replicate_size, f.as_of, w.code AS wave, w.seed_commitment,
    p.code AS project
FROM callbacks_frame f JOIN callbacks_wave w ON w.id = f.wave_id JOIN callbacks_project p ON p.id = f.project_id
WHERE w.state = 'open' AND NOT w.standing AND f.drawn > 0 AND f.look_refusal = ''
    AND EXISTS (SELECT 1 FROM callbacks_module m WHERE m.frame_id = f.id AND m.replicate =
        (SELECT count(*) FROM survey_service_look k WHERE k.frame_id = f.id AND k.metric = '{METRICS[0]}') + 1)
    AND NOT EXISTS (SELECT 1 FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id
        WHERE m.frame_id = f.id AND NOT {CLOSED} AND m.replicate =
        (SELECT count(*) FROM survey_service_look k WHERE k.frame_id = f.id AND k.metric = '{METRICS[0]}') + 1)
ORDER BY f.id
"""
PEOPLE = f"""
SELECT n.position + 1 AS place, c.id AS case_id, c.attempts, c.max_attempts, {CLOSED} AS closed, s.proxy,
    s.id AS submission, a.code
FROM callbacks_frame_member n
LEFT JOIN callbacks_module m ON m.frame_id = n.frame_id AND m.entitlement_id = n.entitlement_id
LEFT JOIN callbacks_case c ON c.id = m.case_id
LEFT JOIN questionnaires_submission s ON s.id = m.submission_id AND s.state = 'submitted'
LEFT JOIN questionnaires_answer a ON a.submission_id = s.id AND a.item = $4
WHERE n.frame_id = $2 AND n.position < $3 ORDER BY n.position
"""
FIRST_CONTACT = """
SELECT min(at) AS at FROM (
    SELECT t.started_at AS at FROM callbacks_attempt t JOIN callbacks_module m ON m.case_id = t.case_id
    WHERE m.frame_id = $1
    UNION ALL SELECT l.created_at FROM callbacks_link l JOIN callbacks_module m ON m.case_id = l.case_id
    WHERE m.frame_id = $1
    UNION ALL SELECT s.started_at FROM questionnaires_submission s JOIN callbacks_module m ON m.submission_id = s.id
    WHERE m.frame_id = $1) contacts
"""
KEPT = "SELECT people, answers, satisfied FROM survey_service_look WHERE frame_id = $1 AND metric = $2 ORDER BY number"


async def take(now: dt.datetime) -> list[Fact]:
    """One look at each project whose next replicate has closed; a broken condition is kept, and told, instead."""
    facts: list[Fact] = []
    for frame in await statements.rows(READY, now):
        try:
            for metric_id in METRICS:
                facts += await _look(frame, metric(metric_id), now)
        except BROKEN as problem:
            facts.append(await _refused(frame, type(problem).__name__))
    return facts


async def _look(frame: dict[str, Any], definition: MetricDefinition, now: dt.datetime) -> list[Fact]:
    found = await statements.rows(PEOPLE, now, frame["id"], frame["drawn"], definition.item)
    order = await _order(frame, found)
    people = [_person(row, definition, order.attempts_cap) for row in found]
    before = await _kept(int(frame["id"]), definition.id)
    facts = []
    try:
        looks = closed_looks(order, people, before)
    except LookChanged as changed:
        # review took an answer out, or a late one came in: the path is computed anew, and the trail says so
        looks, before = closed_looks(order, people), ()
        await statements.execute(
            "DELETE FROM survey_service_look WHERE frame_id = $1 AND metric = $2", frame["id"], definition.id
        )
        facts.append(Fact("looks_replaced", frame["wave"], {"project": frame["project"], "from": changed.look}))
    for number, look in list(enumerate(looks, 1))[len(before) :]:
        await _keep(int(frame["id"]), definition.id, number, look, now)
        facts.append(
            Fact(
                "look_taken", frame["wave"],
                {"project": frame["project"], "metric": definition.id, "people": look.people, "valid": look.answers},
            )
        )  # fmt: skip
    return facts


def _person(row: dict[str, Any], definition: MetricDefinition, cap: int) -> Person:
    # small lists are called more often: who has used up his own cap counts as called as often as was fixed
    used_up = int(row["attempts"] or 0) >= int(row["max_attempts"] or cap)
    attempts = cap if used_up else min(int(row["attempts"] or 0), cap)
    if row["submission"] is not None:
        return Person(int(row["place"]), _result(row, definition), attempts)
    if row["case_id"] is None:
        return Person(int(row["place"]), Result.out)
    if not row["closed"]:
        return Person(int(row["place"]), Result.open, attempts)
    return Person(int(row["place"]), Result.unreached if used_up else Result.out, attempts)


def _result(row: dict[str, Any], definition: MetricDefinition) -> Result:
    if row["proxy"] == STAFF or row["code"] not in definition.denominator:
        return Result.no_valid_answer
    return Result.satisfied if row["code"] in definition.positive else Result.not_satisfied


async def _order(frame: dict[str, Any], people: Sequence[dict[str, Any]]) -> Order:
    first = await statements.row(FIRST_CONTACT, frame["id"])
    drawn_at = statements.instant(frame["as_of"])
    assert drawn_at is not None
    return Order(
        population=int(frame["population"]), seed_digest=frame["seed_commitment"], drawn_at=drawn_at,
        attempts_cap=max((int(row["max_attempts"]) for row in people if row["max_attempts"]), default=1),
        cap_fixed_at=drawn_at, first_contact_at=statements.instant(first["at"]) if first else None,
        replicate_ends=replicate_ends(int(frame["drawn"]), int(frame["replicate_size"])),
    )  # fmt: skip


async def _kept(frame_id: int, metric_id: str) -> tuple[Prefix, ...]:
    return tuple(_prefix(row) for row in await statements.rows(KEPT, frame_id, metric_id))


def _prefix(row: dict[str, Any]) -> Prefix:
    return Prefix(int(row["people"]), int(row["answers"]), int(row["satisfied"]))


async def _keep(frame_id: int, metric_id: str, number: int, look: Prefix, now: dt.datetime) -> None:
    await statements.execute(
        "INSERT INTO survey_service_look (frame_id, metric, number, people, answers, satisfied, taken_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        frame_id, metric_id, number, look.people, look.answers, look.satisfied, now,
    )  # fmt: skip


async def _refused(frame: dict[str, Any], why: str) -> Fact:
    await statements.execute("UPDATE callbacks_frame SET look_refusal = $1 WHERE id = $2", why, frame["id"])
    return Fact("look_refused", frame["wave"], {"project": frame["project"], "reason": why})
