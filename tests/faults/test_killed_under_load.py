"""Number 1 of the bar: what was acknowledged is there after SIGKILL, once, and the trail still holds."""

import asyncio
import os
import random
import secrets
from collections import Counter
from dataclasses import dataclass

import msgspec

from callbacks.calling import links
from questionnaires import statements
from survey_service.db import open_database
from survey_service.trust import audit
from tests.faults.answering import Log, answer_all, answers_of
from tests.faults.conftest import Install
from tests.faults.installations import Installation, settle
from tests.faults.nursery import Nursery
from tests.faults.servers import ServerProcess
from tests.faults.sizes import SIZES

RESPONDENTS = 30
KEPT = """
SELECT l.token_hash, s.ref, s.state, s.answers, c.state AS case_state, m.submission_id, s.id
FROM callbacks_link l JOIN callbacks_case c ON c.id = l.case_id JOIN callbacks_module m ON m.case_id = c.id
JOIN questionnaires_submission s ON s.key LIKE 'link:' || l.id || ':%'
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the table says of the promises."""

    lost: list[str]
    doubled: list[str]
    wrong: list[str]


async def test_no_acknowledged_answer_is_lost_or_doubled_by_sigkill(installed: Install, nursery: Nursery) -> None:
    place = await settle(await installed(), _links(SIZES.kills), linked=True)
    log = await _killed_under_load(ServerProcess(place, workers=_workers(place), nursery=nursery), SIZES.kills)
    verdict = await _verdict(place, log)
    assert not log.refused, log.refused[:3]
    assert set(log.failures) <= {0, 503}, f"a database that is away is no error of ours: {log.failures}"
    assert len(log.receipts) >= SIZES.least_acks, f"only {len(log.receipts)} submissions were acknowledged"
    assert (verdict.lost, verdict.doubled, verdict.wrong) == ([], [], [])
    await _database_is_sound(place)
    print(
        f"\n{place.engine}: {SIZES.kills} kills, {log.acks} acks ({len(log.receipts)} submissions), 0 lost, 0 doubled"
    )


async def test_the_kills_would_show_an_answer_given_before_the_commit(installed: Install, nursery: Nursery) -> None:
    place = await settle(await installed(), _links(SIZES.mutant_kills), linked=True)
    log = await _killed_under_load(ServerProcess(place, "answers_first", nursery=nursery), SIZES.mutant_kills)
    verdict = await _verdict(place, log)
    assert len(log.receipts) >= SIZES.mutant_kills
    assert verdict.lost, f"none of {len(log.receipts)} early answers was lost in {SIZES.mutant_kills} kills"


async def test_the_kills_would_show_a_table_without_a_unique_key(installed: Install, nursery: Nursery) -> None:
    place = await settle(await installed(), 40, linked=True)
    log = Log()
    with ServerProcess(place, "stores_without_key", nursery=nursery) as server:
        # the answer is lost on the way each time: a respondent who is not answered presses again
        await asyncio.gather(*[answer_all(place.base, _queue(place.tokens[:3]), 3, log) for _ in range(4)])
        server.kill()
    assert (await _verdict(place, log)).doubled


def _workers(place: Installation) -> int:
    return 1 if place.engine == "sqlite" else SIZES.server_processes


def _links(kills: int) -> int:
    return 60 * kills


def _queue(tokens: list[str]) -> asyncio.Queue[str]:
    waiting: asyncio.Queue[str] = asyncio.Queue()
    for token in tokens:
        waiting.put_nowait(token)
    return waiting


async def _killed_under_load(server: ServerProcess, kills: int) -> Log:
    place, mutant = server.place, server.mutant
    seed = int(os.environ.get("FAULTS_SEED", secrets.randbelow(10**6)))
    chance, log = random.Random(seed), Log()
    print(f"\nFAULTS_SEED={seed}")
    waiting = _queue(place.tokens)
    with server:
        load = asyncio.create_task(answer_all(place.base, waiting, RESPONDENTS, log))
        for number in range(kills):
            await asyncio.sleep(chance.uniform(0.3, 1.2))
            await asyncio.to_thread(_kill_and_restart, place, server, number)
        least = SIZES.least_acks if not mutant else 0
        while len(log.receipts) < least and not (await asyncio.wait({load}, timeout=0.1))[0]:
            pass
        while not waiting.empty():
            waiting.get_nowait()
        await load
        await asyncio.to_thread(server.stop if not mutant else server.kill)
    return log


def _kill_and_restart(place: Installation, server: ServerProcess, number: int) -> None:
    """On PostgreSQL each third kill takes the database and leaves the server, each third takes both."""
    database = place.cluster if place.engine == "postgres" and number % 3 else None
    if database is not None:
        database.kill()
    if database is None or number % 3 == 2:
        server.kill()
    if database is not None:
        database.start()
    if not server.alive():
        server.start()


async def _verdict(place: Installation, log: Log) -> Verdict:
    found = await place.rows(KEPT)
    by_hash: dict[str, list[dict[str, object]]] = {}
    for row in found:
        by_hash.setdefault(str(row["token_hash"]), []).append(row)
    lost, doubled, wrong = [], [], []
    for token in {**log.drafts, **log.receipts}:
        kept = by_hash.get(links.digest(token), [])
        submitted = [row for row in kept if row["state"] == "submitted"]
        if (token in log.receipts and not submitted) or not kept:
            lost.append(token)
        elif len(submitted) > 1 or len(kept) > 1:
            doubled.append(token)
        elif not _as_promised(token, kept[0], log):
            wrong.append(token)
    return Verdict(lost, doubled, wrong)


def _as_promised(token: str, row: dict[str, object], log: Log) -> bool:
    answers = msgspec.json.decode(str(row["answers"]), type=dict[str, str])
    if any(answers.get(name) != value for name, value in log.drafts.get(token, {}).items()):
        return False
    if token not in log.receipts:
        return True
    closed = {name: value for name, value in answers_of(token).items() if name != "f1"}
    complete = all(answers.get(name) == value for name, value in closed.items())
    counted = row["submission_id"] == row["id"] and row["case_state"] == "S08"
    return complete and counted and row["ref"] == log.receipts[token]


async def _database_is_sound(place: Installation) -> None:
    keyring = await place.keyring()
    async with open_database(place.settings.database_url, 2, reading=True):
        if place.engine == "sqlite":
            assert [tuple(row.values()) for row in await statements.rows("PRAGMA integrity_check")] == [("ok",)]
        found = await audit.verify(keyring, place.settings.audit_anchor)
        objects = await statements.rows(
            "SELECT object FROM survey_service_audit_entry WHERE action = 'submission_submitted'"
        )
    assert not found.problems, found.problems[:3]
    assert max(Counter(row["object"] for row in objects).values()) == 1
