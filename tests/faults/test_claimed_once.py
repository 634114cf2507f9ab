"""Number 3 of the bar: however many agents press at once, in however many processes, a case goes to one."""

import asyncio
import json
import sys
from collections import defaultdict
from typing import Any

from tests.faults.conftest import Install
from tests.faults.installations import Installation, settle
from tests.faults.nursery import Nursery
from tests.faults.servers import ROOT, ServerProcess
from tests.faults.sizes import SIZES

OUT_OF_PATIENCE = 1_200.0


async def test_no_case_is_handed_to_two_agents(installed: Install, nursery: Nursery) -> None:
    place = await settle(await installed(), SIZES.claim_cases, agents=SIZES.claim_agents)
    workers = 1 if place.engine == "sqlite" else SIZES.server_processes
    with ServerProcess(place, workers=workers, nursery=nursery) as server:
        log = await _worked(place)
        said = server.log.read_text("utf-8")
    taken = {case for case, _, _ in log["claims"]}
    seconds = sorted(log["seconds"])
    print(
        f"\n{place.engine}: {len(taken)} cases, {SIZES.claim_agents} agents, {workers} server processes, "
        f"{len(doubled(log))} doubled, claim p50 {seconds[len(seconds) // 2]:.3f} s, "
        f"p95 {seconds[len(seconds) * 95 // 100]:.3f} s"
    )
    assert not log["bad"], log["bad"][:3]
    assert doubled(log) == []
    assert len(taken) == SIZES.claim_cases
    assert "locked" not in said and "deadlock" not in said
    dials = await place.rows("SELECT case_id, count(*) AS n FROM callbacks_attempt GROUP BY case_id")
    assert {row["n"] for row in dials} == {1} and len(dials) == SIZES.claim_cases


async def test_the_race_would_show_a_claim_that_reads_and_then_saves(installed: Install, nursery: Nursery) -> None:
    place = await settle(await installed(), 60, agents=30)
    workers = 1 if place.engine == "sqlite" else SIZES.server_processes
    with ServerProcess(place, "reads_then_saves", workers=workers, nursery=nursery):
        log = await _worked(place)
    assert doubled(log)


def doubled(log: dict[str, Any]) -> list[str]:
    """Cases in the hands of more than one agent, or under more than one attempt."""
    holders: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for case, agent, attempt in log["claims"]:
        holders[case].add((agent, attempt))
    return sorted(case for case, hands in holders.items() if len(hands) > 1)


async def _worked(place: Installation) -> dict[str, Any]:
    """All agents at once, spread over client processes."""
    agents = [[agent.account_id, agent.cookie, agent.csrf] for agent in place.agents]
    shares = [agents[number :: SIZES.client_processes] for number in range(SIZES.client_processes)]
    logs = await asyncio.gather(*[_client(place, number, share) for number, share in enumerate(shares)])
    whole: dict[str, Any] = {"claims": [], "seconds": [], "bad": []}
    for log in logs:
        for name, found in log.items():
            whole[name] += found
    return whole


async def _client(place: Installation, number: int, agents: list[list[Any]]) -> dict[str, Any]:
    source, target = place.folder / f"agents{number}.json", place.folder / f"claims{number}.json"
    source.write_text(json.dumps(agents), "utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.claiming", place.base, str(source), str(target), cwd=ROOT
    )
    try:
        status = await asyncio.wait_for(process.wait(), OUT_OF_PATIENCE)
    except TimeoutError:
        process.kill()
        raise
    assert status == 0
    log: dict[str, Any] = json.loads(target.read_text("utf-8"))
    return log
