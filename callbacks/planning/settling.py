"""Projects of a wave that are settled: nobody is called for them any more, until a supervisor takes that back.

Who is called for settled projects only is set aside, a flag beside the state of his case: the case stays open, keeps its
place and its time, is still answered by link or when the person rings us, and counts by what was reached so far. Promised
times are kept first. The queue's index leaves out who is set aside, so that claiming costs the same as without.
"""

import datetime as dt
from typing import Any

from callbacks.calling.appointments import PRIORITY
from callbacks.errors import NoSample, WaveNotOpen
from callbacks.planning import waves
from callbacks.rules.states import OPEN, listed
from callbacks.rules.stopping import Why
from questionnaires.facts import Fact
from questionnaires.statements import execute, row

PROMISED = (
    f"(callbacks_case.state = 'S04' OR (callbacks_case.state = 'S01' AND callbacks_case.priority >= {PRIORITY})"
    " OR EXISTS (SELECT 1 FROM callbacks_appointment a WHERE a.case_id = callbacks_case.id AND a.state = 'open'))"
)
STILL_ASKED = (
    "EXISTS (SELECT 1 FROM callbacks_module m JOIN callbacks_frame f ON f.id = m.frame_id"
    " WHERE m.case_id = callbacks_case.id AND f.settled_at IS NULL)"
)
SET_ASIDE = (
    "UPDATE callbacks_case SET set_aside = TRUE WHERE wave_id IN (SELECT s.wave_id FROM callbacks_frame s"
    " JOIN callbacks_wave w ON w.id = s.wave_id WHERE s.settled_at IS NOT NULL AND w.state = 'open')"
    f" AND NOT set_aside AND state IN ({listed(OPEN)}) AND NOT {STILL_ASKED} AND NOT {PROMISED}"
)
TAKE_UP = f"UPDATE callbacks_case SET set_aside = FALSE WHERE wave_id = $1 AND set_aside AND {STILL_ASKED}"


async def settle(wave_code: str, project_code: str, why: Why, now: dt.datetime) -> tuple[int, Fact]:
    """Stops calling a project; how many people are set aside by it. Stopped twice is stopped once.

    Whether the project is settled is for the caller to know (analysis.sequential.stopping). Raises UnknownWave,
    WaveNotOpen, NoSample.
    """
    wave, project = await sampled(wave_code, project_code)
    await execute(
        "UPDATE callbacks_frame SET settled_at = $1 WHERE wave_id = $2 AND project_id = $3 AND settled_at IS NULL",
        now, wave["id"], project,
    )  # fmt: skip
    people = await set_aside()
    return people, Fact("project_settled", wave_code, {"project": project_code, "why": why.value, "people": people})


async def resume(wave_code: str, project_code: str) -> tuple[int, Fact]:
    """Calls a settled project again; how many people are taken up. Raises as `settle`."""
    wave, project = await sampled(wave_code, project_code)
    await execute(
        "UPDATE callbacks_frame SET settled_at = NULL WHERE wave_id = $1 AND project_id = $2", wave["id"], project
    )
    people = await execute(TAKE_UP, wave["id"])
    return people, Fact("project_resumed", wave_code, {"project": project_code, "people": people})


async def set_aside() -> int:
    """Sets aside who is called for settled projects only and was promised nothing; the clock repeats it."""
    return await execute(SET_ASIDE)


async def sampled(wave_code: str, project_code: str) -> tuple[dict[str, Any], int]:
    """The row of an open wave and the id of a project called in it. Raises UnknownWave, WaveNotOpen, NoSample."""
    wave = await waves.find(wave_code)
    project = await row(
        "SELECT p.id, (SELECT min(f.id) FROM callbacks_frame f WHERE f.project_id = p.id AND f.wave_id = $1) AS frame"
        " FROM callbacks_project p WHERE p.programme_id = $2 AND p.code = $3",
        wave["id"], wave["programme_id"], project_code,
    )  # fmt: skip
    if project is None:
        raise NoSample(wave_code, project_code)
    if wave["state"] != "open":
        raise WaveNotOpen(wave_code, wave["state"])
    if project["frame"] is None:
        raise NoSample(wave_code, project_code)
    return wave, int(project["id"])
