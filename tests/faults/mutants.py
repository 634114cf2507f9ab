"""Servers with one defect each, made by wrapping the product: what the fault tests must catch.

`python -m tests.faults.mutants MODULE:NAME --port P --workers N` serves one in the place of `survey-service serve`.
"""

import argparse
import asyncio
import contextvars
import os
import secrets
import signal
from pathlib import Path
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from callbacks.calling import case_queue, cases
from callbacks.calling.case_row import by_ref
from callbacks.rules.case_machine import LEASE
from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.app import create_app
from survey_service.operation import serving, sqlite_immediate
from survey_service.respondents import respondent_flow
from survey_service.respondents.respondent_flow import Receipt
from survey_service.settings import Settings
from survey_service.web.agents import agent_desk, api_agents

DELAY = 0.15
COPY = """
INSERT INTO questionnaires_submission (ref, key, version_id, mode, state, answers, proxy, coached, started_at,
    changed_at, submitted_at) SELECT $1, key || $1, version_id, mode, 'submitted', answers, proxy, coached, started_at,
    changed_at, $2 FROM questionnaires_submission WHERE key = $3
"""
_BEHIND: set[asyncio.Task[None]] = set()
_FIRST: contextvars.ContextVar[str | None] = contextvars.ContextVar("first", default=None)


class Wrapped:
    """The real application with something in front of it."""

    def __init__(self, app: Any) -> None:
        self.app: ASGIApp = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = scope["type"] == "http" and self.concerns(str(scope["method"]), str(scope["path"]))
        await (self.defective(scope, receive, send) if wanted else self.app(scope, receive, send))

    def concerns(self, method: str, path: str) -> bool:
        """Submissions."""
        return method == "POST" and path.endswith("/submission")

    async def defective(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What this mutant does instead."""
        raise AssertionError(scope["path"])


class AnswersFirst(Wrapped):
    """Says that a submission is stored, and stores it a moment later."""

    async def defective(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()

        async def replay() -> Any:
            return message

        async def store() -> None:
            await asyncio.sleep(DELAY)
            await self.app(scope, replay, _to_nobody)

        task = asyncio.create_task(store())
        _BEHIND.add(task)
        task.add_done_callback(_BEHIND.discard)
        body = b'{"state":"submitted","reference":"-","submitted_at":"-"}'
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _to_nobody(_: Any) -> None:
    return None


class DiesBeforeAnswering(Wrapped):
    """Not a defect but an accident: the process dies between commit and answer, once per file `die` beside the data."""

    def concerns(self, method: str, path: str) -> bool:
        return method == "POST" and path.endswith(("/submission", "/attempts"))

    async def defective(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def deadly(message: Any) -> None:
            order = Path(os.environ["SURVEY_DATA_DIR"]) / "die"
            if message["type"] == "http.response.start" and message["status"] < 300 and order.exists():
                order.unlink()
                os.killpg(0, signal.SIGKILL)
            await send(message)

        await self.app(scope, receive, deadly)


def answers_first() -> Any:
    """Answer before the commit."""
    return AnswersFirst(create_app(ticking=True))


def dies_before_answering() -> Any:
    """Commit, then die."""
    return DiesBeforeAnswering(create_app(ticking=True))


def stores_without_key() -> Any:
    """Each request stores a submission of its own, as a table without a unique key takes it."""

    async def submit(site: Any, visit: Any, actor: Any, source: Any) -> Receipt:
        async with site.ledger.change(actor) as change:
            ref = secrets.token_hex(5)
            await statements.execute(COPY, ref, change.now, visit.key(0))
            change.record(Fact("submission_submitted", ref))
            now = change.now
        return Receipt(ref, now)

    respondent_flow.submit = submit
    return create_app(ticking=True)


def syncs_nothing() -> Any:
    """SQLite that leaves it to the system when to write."""
    sqlite_immediate.PRAGMAS["synchronous"] = "OFF"
    return create_app(ticking=True)


def reads_then_saves() -> Any:
    """The claim as one writes it first: read the first free case, then save it as one's own."""

    async def desk_of(request: Any) -> Any:
        desk = await agent_desk.desk_of(request)
        found = await statements.row("SELECT ref FROM callbacks_case WHERE state = 'S01' ORDER BY id LIMIT 1")
        _FIRST.set(str(found["ref"]) if found else None)
        return desk

    async def claim_next(scope: Any, now: Any, calendar: Any, windows: Any, zone: Any = None) -> Any:
        ref = _FIRST.get()
        if ref is None:
            moment = case_queue.Moment(now, calendar, windows)
            return await case_queue.why_none(scope, moment, zone), Fact("case_not_found", "-", chained=False)
        await statements.execute(
            "UPDATE callbacks_case SET state = 'S02', claimed_by = $1, claimed_at = $2, lease_until = $3"
            " WHERE ref = $4",
            scope.account_id, now, now + LEASE, ref,
        )  # fmt: skip
        case = await by_ref(ref)
        assert case is not None
        return cases.Claim(case, cases.attempt_ref(case), now + LEASE), Fact("case_claimed", ref)

    api_agents.desk_of = desk_of
    api_agents.cases.claim_next = claim_next
    return create_app(ticking=True)


def main() -> None:
    """Serve a mutant by name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    serving.TARGET = chosen.name
    serving.serve(serving.chosen(Settings.from_env(), None, chosen.port), chosen.workers)


if __name__ == "__main__":
    main()
