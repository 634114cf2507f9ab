"""Agents who claim and record until nothing is left: `python -m tests.faults.claiming BASE AGENTS.json OUT.json`."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 120.0


async def work(base: str, agents: list[list[Any]]) -> dict[str, Any]:
    """Every claim as (case, agent, attempt), the seconds that each took, and every answer that must not occur."""
    log: dict[str, Any] = {"claims": [], "seconds": [], "bad": []}
    limits = httpx.Limits(max_connections=len(agents))
    async with httpx.AsyncClient(base_url=base, timeout=PATIENCE, limits=limits) as client:
        await asyncio.gather(*[_one(client, agent, log) for agent in agents])
    return log


async def _one(client: httpx.AsyncClient, agent: list[Any], log: dict[str, Any]) -> None:
    account, cookie, csrf = agent
    headers = {"cookie": f"session={cookie}", "x-csrf-token": csrf}
    while True:
        started = time.perf_counter()
        got = await client.post("/api/v1/agent/next", json={}, headers=headers)
        log["seconds"].append(time.perf_counter() - started)
        if got.status_code != 200:
            log["bad"].append([got.status_code, got.text[:300]])
            return
        case = got.json()["case"]
        if case is None:
            return
        log["claims"].append([case["ref"], account, case["attempt"]])
        said = {"attempt": case["attempt"], "claim": case["claim"], "code": "310"}
        done = await client.post(f"/api/v1/cases/{case['ref']}/attempts", json=said, headers=headers)
        if done.status_code != 201:
            log["bad"].append([done.status_code, done.text[:300]])
            return


if __name__ == "__main__":
    address, source, target = sys.argv[1:4]
    found = asyncio.run(work(address, json.loads(Path(source).read_text("utf-8"))))
    Path(target).write_text(json.dumps(found), "utf-8")
