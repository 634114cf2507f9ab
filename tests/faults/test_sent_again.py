"""Number 2 of the bar: the same submission or outcome, sent fifty times or after a death before the answer, is one."""

import asyncio
from typing import Any

import httpx

from tests.faults.answering import answers_of
from tests.faults.conftest import Install
from tests.faults.installations import Agent, Installation, settle
from tests.faults.nursery import Nursery
from tests.faults.servers import ServerProcess
from tests.faults.sizes import SIZES

PARALLEL = 50
STORED = "SELECT count(*) AS n FROM questionnaires_submission WHERE state = 'submitted'"
DIALS = "SELECT count(*) AS n FROM callbacks_attempt"


async def test_fifty_equal_submissions_at_once_are_stored_once_and_answered_alike(
    installed: Install, nursery: Nursery
) -> None:
    place = await settle(await installed(), SIZES.repeat_rounds + 1, linked=True)
    workers = 1 if place.engine == "sqlite" else SIZES.server_processes
    with ServerProcess(place, workers=workers, nursery=nursery) as server:
        for token in place.tokens[: SIZES.repeat_rounds]:
            statuses, bodies = await _fifty(place, token)
            assert sorted(statuses) == [200] * (PARALLEL - 1) + [201], (
                sorted(statuses),
                server.log.read_text()[-1500:],
            )
            assert len(bodies) == 1
            altered = {**answers_of(token), "g1": "1"}
            changed = await _post(f"{place.base}/api/v1/s/{token}/submission", {"answers": altered})
            assert changed.status_code == 409
    stored = await place.rows(STORED)
    changed_rows = await place.rows('SELECT 1 FROM questionnaires_submission WHERE answers LIKE \'%"g1":"1"%\'')
    assert (stored[0]["n"], len(changed_rows)) == (SIZES.repeat_rounds, 0)


async def test_the_fifty_would_show_a_table_without_a_unique_key(installed: Install, nursery: Nursery) -> None:
    place = await settle(await installed(), 1, linked=True)
    with ServerProcess(place, "stores_without_key", nursery=nursery):
        await _fifty(place, place.tokens[0])
    assert int(str((await place.rows(STORED))[0]["n"])) > 1


async def _fifty(place: Installation, token: str) -> tuple[list[int], set[bytes]]:
    limits = httpx.Limits(max_connections=PARALLEL)
    async with httpx.AsyncClient(base_url=place.base, timeout=60, limits=limits) as client:
        path, given = f"/api/v1/s/{token}/submission", {"answers": answers_of(token)}
        got = await asyncio.gather(*[client.post(path, json=given) for _ in range(PARALLEL)])
    return [each.status_code for each in got], {each.content for each in got}


async def test_a_submission_whose_answer_died_with_the_server_is_stored_once(
    installed: Install, nursery: Nursery
) -> None:
    place = await settle(await installed(), SIZES.deaf_deaths, linked=True)
    with ServerProcess(place, "dies_before_answering", nursery=nursery) as server:
        for token in place.tokens:
            path, given = f"{place.base}/api/v1/s/{token}/submission", {"answers": answers_of(token)}
            await _die(place, server, path, given, {})
            again = [await _post(path, given) for _ in range(2)]
            assert [each.status_code for each in again] == [200, 200]
            assert again[0].content == again[1].content
    assert (await place.rows(STORED))[0]["n"] == SIZES.deaf_deaths


async def test_an_outcome_whose_answer_died_with_the_server_is_recorded_once(
    installed: Install, nursery: Nursery
) -> None:
    place = await settle(await installed(), SIZES.deaf_deaths + 1, agents=1)
    headers = as_agent(place.agents[0])
    with ServerProcess(place, "dies_before_answering", nursery=nursery) as server:
        for number in range(SIZES.deaf_deaths):
            case = (await _post(f"{place.base}/api/v1/agent/next", {}, headers)).json()["case"]
            path = f"{place.base}/api/v1/cases/{case['ref']}/attempts"
            keyed = {**headers, "idempotency-key": f"outcome-{number}"}
            said = {"attempt": case["attempt"], "claim": case["claim"], "code": "310", "note": "没人接"}
            await _die(place, server, path, said, keyed)
            again = [await _post(path, said, keyed) for _ in range(2)]
            assert [each.status_code for each in again] == [201, 201], again[0].text
            assert again[0].content == again[1].content
            other = await _post(path, {**said, "code": "311"}, keyed)
            assert other.status_code == 409
    assert (await place.rows(DIALS))[0]["n"] == SIZES.deaf_deaths


async def _post(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
    return await asyncio.to_thread(httpx.post, url, json=body, headers=headers or {}, timeout=30)


def as_agent(agent: Agent) -> dict[str, str]:
    """Headers of a signed-in program."""
    return {"cookie": f"session={agent.cookie}", "x-csrf-token": agent.csrf}


async def _die(
    place: Installation, server: ServerProcess, path: str, given: dict[str, Any], headers: dict[str, str]
) -> None:
    """Send it, and see the connection break because the server dies after the commit."""
    (place.folder / "die").touch()
    try:
        got = await _post(path, given, headers)
    except httpx.TransportError:
        await asyncio.to_thread(server.start)
        return
    raise AssertionError(f"the server was to die, and answered {got.status_code}: {got.text}")
