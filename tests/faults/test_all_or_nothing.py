"""Whatever statement of a change fails, the change leaves no trace: rows, trail and anchor are as before (D4)."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.transactions import in_transaction

from callbacks.calling import links
from callbacks.frame import importing
from callbacks.frame.files.columns import Kind
from callbacks.models import Project, Wave
from questionnaires import statements, versions
from questionnaires.facts import Fact
from survey_service.desks import import_office
from survey_service.operation.sqlite_immediate import ImmediateTransaction
from survey_service.trust import audit
from survey_service.trust.audit import COMMAND
from tests import cast, serving
from tests.faults.answering import answers_of
from tests.questionnaires.forms import SHIPPED
from tests.web.calls import SATISFIED, desk_at, hidden

WRITING = ("execute_insert", "execute_query", "execute_query_dict", "execute_many")
MOST = 200
ROSTER = "姓名,联系电话,街道,发放日期\n演示甲,13900000001,城东街道,2026-02-20\n演示乙,13900000002,城西街道,2026-02-21\n"
UNCHANGED = ("survey_service_login_session", "survey_service_limit_event")
"""What a request may write outside its change: when the session was last seen, counted tries."""


class Struck(Exception):
    """The statement that was to fail."""


@dataclass(slots=True)
class Striker:
    """Fails the statement numbered `at` inside transactions; the commit counts as the last one."""

    at: int = 0
    seen: int = 0
    struck: bool = False

    def meet(self) -> None:
        """One more statement."""
        self.seen += 1
        if self.seen == self.at:
            self.struck = True
            raise Struck

    def arm(self, at: int) -> None:
        """Count from the beginning; 0 strikes nothing."""
        self.at, self.seen, self.struck = at, 0, False


@pytest.fixture
def striker() -> Iterator[Striker]:
    """Sits in front of every statement of every transaction, on both engines."""
    made = Striker()
    with pytest.MonkeyPatch.context() as patch:
        for wrapper in (ImmediateTransaction, TransactionWrapper):
            for name in (*WRITING, "commit"):
                patch.setattr(wrapper, name, _struck(getattr(wrapper, name), made))
        yield made


def _struck(original: Any, striker: Striker) -> Any:
    async def wrapped(self: Any, *args: Any, **options: Any) -> Any:
        striker.meet()
        return await original(self, *args, **options)

    return wrapped


async def _contents(office: serving.Office) -> dict[str, list[Any]]:
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        if statements.dialect() == "sqlite"
        else "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables"
        " WHERE table_schema IN ('public', 'vault')"
    )
    found = {}
    for table in sorted(row["name"] for row in await statements.rows(sql)):
        if not table.endswith(UNCHANGED):
            found[table] = sorted(map(repr, await statements.rows(f"SELECT * FROM {table}")))
    anchor = office.site.settings.audit_anchor
    found["anchor"] = anchor.read_text().splitlines() if anchor.exists() else []
    return found


async def _every_statement_struck(office: serving.Office, striker: Striker, act: Callable[[], Awaitable[bool]]) -> int:
    """Strike the first statement, the second, and so on until the act gets through; how many there were."""
    before = await _contents(office)
    for number in range(1, MOST):
        striker.arm(number)
        through = await act()
        struck = striker.struck
        striker.arm(0)
        if not struck:
            break
        after = await _contents(office)
        changed = [name for name in before if after[name] != before[name]]
        assert not through and not changed, f"statement {number} failed and left traces in {changed}"
    assert through and await _contents(office) != before, "the act that was left alone changed nothing"
    found = await audit.verify(office.site.keyring, office.site.settings.audit_anchor)
    assert not found.problems
    print(f"{statements.dialect()}: {number - 1} statements struck")
    return number - 1


def _sent(client: httpx.AsyncClient, method: str, path: str, **body: Any) -> Callable[[], Awaitable[bool]]:
    async def act() -> bool:
        return (await client.request(method, path, **body)).status_code < 400

    return act


async def test_a_claim_happens_whole_or_not_at_all(office: serving.Office, striker: Striker) -> None:
    desk = await desk_at(office)
    await desk.person()
    assert await _every_statement_struck(office, striker, _sent(desk.agent, "POST", "/api/v1/agent/next", json={})) > 4


@pytest.mark.parametrize("code", ["310", "200", "320"])
async def test_an_outcome_happens_whole_or_not_at_all(office: serving.Office, striker: Striker, code: str) -> None:
    desk = await desk_at(office)
    await desk.person()
    case = (await desk.agent.post("/api/v1/agent/next", json={})).json()["case"]
    said = {"attempt": case["attempt"], "claim": case["claim"], "code": code, "note": "没人接"}
    act = _sent(desk.agent, "POST", f"/api/v1/cases/{case['ref']}/attempts", json=said)
    assert await _every_statement_struck(office, striker, act) > 6


async def test_an_interview_is_submitted_whole_or_not_at_all(office: serving.Office, striker: Striker) -> None:
    desk = await desk_at(office)
    called = await desk.called()
    await desk.answer(called.case.ref, SATISFIED)
    own = hidden(await desk.page(called.case.ref))
    act = _sent(desk.agent, "POST", f"/agent/cases/{called.case.ref}/outcome", data={**own, "code": "100"})
    assert await _every_statement_struck(office, striker, act) > 8


async def test_answers_by_link_are_submitted_whole_or_not_at_all(office: serving.Office, striker: Striker) -> None:
    token = await _link(office)
    browser, given = office.visitor(), {"answers": answers_of(token)}
    assert (await browser.put(f"/api/v1/s/{token}/draft", json=given)).status_code == 200
    act = _sent(browser, "POST", f"/api/v1/s/{token}/submission", json=given)
    assert await _every_statement_struck(office, striker, act) > 8


async def _link(office: serving.Office) -> str:
    desk = await desk_at(office)
    mobile, _ = await versions.publish(SHIPPED["mobile"], cast.NOW)
    await Wave.filter(id=desk.district.wave.id).update(mobile_version_id=mobile.id)
    called = await desk.person()
    token, _ = await links.issue(called.case.ref, cast.NOW, cast.NOW + dt.timedelta(days=14))
    return token


async def test_a_roster_is_brought_in_whole_or_not_at_all(office: serving.Office, striker: Striker) -> None:
    district = await cast.district()
    await Project.filter(id=district.relief.id).update(frame_kind="list")
    report = await importing.check_file(Kind.ROSTER, ROSTER.encode(), today=cast.TODAY, project_code="P01")
    assert report.acceptable, report.summary

    async def act() -> bool:
        try:
            async with office.site.ledger.change(COMMAND) as change:
                await import_office.apply(office.site, change, report)
        except Struck:
            return False
        return True

    assert await _every_statement_struck(office, striker, act) > 4


async def test_the_strikes_would_show_a_change_in_two_transactions(office: serving.Office, striker: Striker) -> None:
    """The defect that is looked for: the case is saved, and the outcome in a transaction of its own."""
    desk = await desk_at(office)
    called = await desk.person()

    async def act() -> bool:
        try:
            async with in_transaction("default"):
                await statements.execute("UPDATE callbacks_case SET attempts = 1 WHERE id = $1", called.case.id)
            async with office.site.ledger.change(COMMAND) as change:
                change.record(Fact("attempt_recorded", called.case.ref))
        except Struck:
            return False
        return True

    with pytest.raises(AssertionError, match="left traces in"):
        await _every_statement_struck(office, striker, act)


async def test_a_transaction_that_cannot_begin_does_not_keep_the_others_out(db: object) -> None:
    if statements.dialect() != "sqlite":
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImmediateTransaction, "begin", _refused)
        with pytest.raises(Struck):
            await asyncio.create_task(_empty())  # another request: what it leaves behind is the lock alone
    async with asyncio.timeout(5), in_transaction("default"):
        assert await statements.rows("SELECT 1 AS one") == [{"one": 1}]


async def _empty() -> None:
    async with in_transaction("default"):
        pass


async def _refused(_: ImmediateTransaction) -> None:
    raise Struck
