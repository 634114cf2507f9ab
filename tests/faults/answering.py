"""Respondents who answer by link, stubbornly: the same answers again until the server says that it has them."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from tests.faults.installations import ANSWERS

PAUSE = 0.05
TRIES = 4_000


@dataclass(slots=True)
class Log:
    """What the server promised: answers kept per token, receipts per token, and answers that must not occur."""

    drafts: dict[str, dict[str, str]] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[str, int, str]] = field(default_factory=list)
    failures: Counter[int] = field(default_factory=Counter)
    """Tries that were not acknowledged, by status; 0 for a broken connection."""

    @property
    def acks(self) -> int:
        """Promises to check."""
        return len(self.drafts) + len(self.receipts)


def answers_of(token: str) -> dict[str, str]:
    """One token's answers, its open text like no other's."""
    return {**ANSWERS, "f1": f"建议 {token[:6]}"}


async def answer(client: httpx.AsyncClient, token: str, log: Log) -> None:
    """A draft, then the submission, each until it is acknowledged."""
    given = answers_of(token)
    draft = {name: given[name] for name in ("q_consent", "m0", "a1")}
    if await _until_kept(client, "PUT", f"/api/v1/s/{token}/draft", draft, log) is not None:
        log.drafts[token] = draft
    receipt = await _until_kept(client, "POST", f"/api/v1/s/{token}/submission", given, log)
    if receipt is not None:
        log.receipts[token] = str(receipt["reference"])


async def _until_kept(
    client: httpx.AsyncClient, method: str, path: str, given: Mapping[str, str], log: Log
) -> dict[str, object] | None:
    for _ in range(TRIES):
        try:
            got = await client.request(method, path, json={"answers": given})
        except httpx.TransportError:
            log.failures[0] += 1
            await asyncio.sleep(PAUSE)
            continue
        if got.is_success:
            body: dict[str, object] = got.json()
            return body
        if got.status_code < 500:
            log.refused.append((path, got.status_code, got.text[:200]))
            return None
        log.failures[got.status_code] += 1
        await asyncio.sleep(PAUSE)
    log.refused.append((path, 0, "never acknowledged"))
    return None


async def answer_all(base: str, tokens: asyncio.Queue[str], people: int, log: Log) -> None:
    """`people` respondents at once, until the links are used up."""
    limits = httpx.Limits(max_connections=people)
    async with httpx.AsyncClient(base_url=base, timeout=10, limits=limits) as client:

        async def one() -> None:
            while not tokens.empty():
                await answer(client, tokens.get_nowait(), log)

        await asyncio.gather(*[one() for _ in range(people)])
