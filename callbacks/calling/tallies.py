"""Answers that count, kept as sums per cell: written with the submission, folded by the clock, checked against it at night.

A cell is wave x project x zone x mode x who answered x coached x state x item x code. Each change of what counts is
appended as signed rows, so that two respondents of one project never wait for one row; the tick folds them into one
row per cell. Whoever reads adds both. n = answers, w and w2 = sums of base weights and of their squares; with a code
as its own cell these give all five sums (n, w, wy, w2, w2y) of every metric.
"""

import datetime as dt
from typing import Any

from questionnaires import submissions
from questionnaires.facts import Fact
from questionnaires.statements import dialect, execute, row, rows
from questionnaires.submissions import Submission, SubmissionState

KEYS = "wave_id, project_id, zone_id, mode, proxy, coached, state, item, code"
COUNTING = f"'{SubmissionState.SUBMITTED.value}', '{SubmissionState.VOID.value}'"
WHOLE = "submission"
"""The item of a submission as such, once each: respondents are counted by it whatever they skipped."""

RELEASE = 5
"""Changes of one project are folded by so many submissions at a time: whoever watches single cases next to folded
figures cannot see one person's answer arrive in them."""

_STANDING = f"""
SELECT m.wave_id, m.project_id, COALESCE(m.zone_id, 0) AS zone_id, s.mode, s.proxy, s.coached, s.state, a.item, a.code,
    m.weight
FROM callbacks_module m JOIN questionnaires_submission s ON s.id = m.submission_id AND s.state IN ({COUNTING})
JOIN (SELECT submission_id, item, code FROM questionnaires_answer
    UNION ALL SELECT id, '{WHOLE}', '1' FROM questionnaires_submission) a ON a.submission_id = s.id
"""
_SIGN = "CAST($2 AS BIGINT)"
_APPEND = f"""
INSERT INTO callbacks_tally_change ({KEYS}, n, w, w2)
SELECT {KEYS}, {_SIGN}, {_SIGN} * weight, {_SIGN} * weight * weight FROM ({_STANDING} WHERE m.id = $1) standing
"""
_SUMS = "sum(n) AS n, sum(w) AS w, sum(w2) AS w2"
_MERGE = """
ON CONFLICT (wave_id, project_id, zone_id, mode, proxy, coached, state, item, code) DO UPDATE SET
    n = callbacks_tally.n + excluded.n, w = callbacks_tally.w + excluded.w, w2 = callbacks_tally.w2 + excluded.w2
"""
_RIPE = """
SELECT t.wave_id, t.project_id FROM callbacks_tally_change t JOIN callbacks_wave v ON v.id = t.wave_id
WHERE t.item = $1 GROUP BY t.wave_id, t.project_id, v.state
HAVING count(*) >= $2 OR v.state = 'closed'
"""
_OF_PROJECT = "FROM callbacks_tally_change WHERE wave_id = $1 AND project_id = $2"
_FROM_ANSWERS = f"SELECT {KEYS}, count(*), sum(weight), sum(weight * weight) FROM ({_STANDING}"
_BOTH = f"""
SELECT {KEYS}, n, w, w2 FROM callbacks_tally WHERE wave_id = $1
UNION ALL SELECT {KEYS}, n, w, w2 FROM callbacks_tally_change WHERE wave_id = $1
"""
_FOLDED = f"SELECT {KEYS}, n, w, w2 FROM callbacks_tally WHERE wave_id = $1"
_DIFFERENCE = f"""
SELECT count(*) AS n FROM (
    SELECT {KEYS}, sum(n) AS n, sum(w) AS w, sum(w2) AS w2 FROM (
        {_BOTH} UNION ALL
        SELECT {KEYS}, -1, -weight, -weight * weight FROM ({_STANDING} WHERE m.wave_id = $1) standing
    ) apart GROUP BY {KEYS} HAVING sum(n) <> 0 OR sum(w) <> 0 OR sum(w2) <> 0
) wrong
"""


async def add(module_id: int) -> None:
    """The submission of this module counts from now on; nothing where it has none that counts."""
    await execute(_APPEND, module_id, 1)


async def remove(module_id: int) -> None:
    """What this module has counted so far is taken back; to be said before its submission or answers change."""
    await execute(_APPEND, module_id, -1)


async def void(submission: Submission, reason: str, now: dt.datetime) -> Fact:
    """Review takes a submission out of the rate; its answers stay countable, so that the report prints both rates.

    Raises NotOpen when it is out already.
    """
    standing = await rows("SELECT id FROM callbacks_module WHERE submission_id = $1", submission.id)
    for module in standing:
        await remove(module["id"])
    fact = await submissions.void(submission, reason, now)
    for module in standing:
        await add(module["id"])
    return fact


async def fold() -> int:
    """Appended rows become sums, project by project once `RELEASE` submissions came together or the wave is closed.

    Returns the number of projects folded. Safe to run at any time, by several processes.
    """
    ripe = await rows(_RIPE, WHOLE, RELEASE)
    for each in ripe:
        await _fold(each["wave_id"], each["project_id"])
    return len(ripe)


async def _fold(wave_id: int, project_id: int) -> None:
    if dialect() == "postgres":
        # one statement: a row that is committed between two would be deleted without having been added
        await execute(
            f"WITH gone AS (DELETE {_OF_PROJECT} RETURNING *) INSERT INTO callbacks_tally ({KEYS}, n, w, w2)"
            f" SELECT {KEYS}, {_SUMS} FROM gone GROUP BY {KEYS} {_MERGE}",
            wave_id,
            project_id,
        )
        return
    await execute(
        f"INSERT INTO callbacks_tally ({KEYS}, n, w, w2) SELECT {KEYS}, {_SUMS} {_OF_PROJECT} GROUP BY {KEYS} {_MERGE}",
        wave_id,
        project_id,
    )
    await execute(f"DELETE {_OF_PROJECT}", wave_id, project_id)


async def cells(wave_id: int, connection: str, *, folded_only: bool = False) -> list[dict[str, Any]]:
    """The sums of a wave by cell, empty ones left out; `folded_only` for viewers who also see single cases."""
    source = _FOLDED if folded_only else _BOTH
    sql = f"SELECT {KEYS}, {_SUMS} FROM ({source}) both_parts GROUP BY {KEYS} HAVING sum(n) <> 0"
    return await rows(sql, wave_id, connection=connection)


async def differences(wave_id: int) -> int:
    """How many cells say something else than the answers themselves."""
    found = await row(_DIFFERENCE, wave_id)
    return int(found["n"]) if found else 0


async def rebuild(wave_id: int) -> None:
    """All sums of a wave from the answers again."""
    for table in ("callbacks_tally", "callbacks_tally_change"):
        await execute(f"DELETE FROM {table} WHERE wave_id = $1", wave_id)
    await execute(
        f"INSERT INTO callbacks_tally ({KEYS}, n, w, w2) {_FROM_ANSWERS} WHERE m.wave_id = $1) standing GROUP BY {KEYS}",
        wave_id,
    )
