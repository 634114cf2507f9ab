"""One case, one agent; who gets which case when, and what is said when there is none."""

import asyncio
import datetime as dt
from collections import Counter

import pytest
from tortoise.transactions import in_transaction

from callbacks import ticks
from callbacks.calling import cases
from callbacks.calling.cases import Claim, ReleaseReason
from callbacks.errors import ClaimLost, HeldByAnother, NotClaimed, UnknownCase
from callbacks.models import Attempt, Case, DoNotContact, Wave
from callbacks.scope import Scope
from questionnaires.statements import CONNECTION
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, agent, at, claim, no_case


async def _race(take: object, agents: int) -> Counter[str]:
    taken = await asyncio.gather(*[take(agent(number)) for number in range(1, agents + 1)])  # type: ignore[operator]
    return Counter(ref for ref in taken if ref)


async def test_fifty_agents_at_once_get_fifty_different_cases(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 60)
    await place.open(now)

    async def take(scope: Scope) -> str:
        async with in_transaction(CONNECTION):
            return (await claim(scope, now)).case.ref

    taken = await _race(take, 50)
    assert (len(taken), max(taken.values())) == (50, 1)
    assert await Case.filter(state="S02").count() == 50


async def test_the_race_would_show_a_claim_that_reads_first_and_saves_later(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 60)
    await place.open(now)

    async def naive(scope: Scope) -> str:
        case = await Case.filter(state="S01").order_by("id").first()
        assert case is not None
        case.state, case.claimed_by = "S02", scope.account_id
        await case.save()
        return case.ref

    assert max((await _race(naive, 50)).values()) > 1


async def test_fifty_agents_never_call_one_number_twice_at_once(place: District, now: dt.datetime) -> None:
    project = await place.project("A")
    for _ in range(2):
        await place.listed(project, await place.person("shared"))
    await place.people_on(project, 3)
    await place.open(now)

    async def take(scope: Scope) -> str | None:
        async with in_transaction(CONNECTION):
            got, _ = await cases.claim_next(scope, now, CALENDAR, WINDOWS)
            return got.case.ref if isinstance(got, Claim) else None

    taken = await _race(take, 50)
    assert max(taken.values()) == 1
    assert await Case.filter(state="S02", phone_digest="shared").count() == 1
    assert await Case.filter(state="S02").count() == 4


async def test_two_clicks_of_one_agent_give_the_same_case(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 5)
    await place.open(now)

    async def take(_: int) -> str:
        async with in_transaction(CONNECTION):
            return (await claim(agent(), now)).attempt_ref

    assert len(set(await asyncio.gather(*[take(n) for n in range(8)]))) == 1
    assert await Case.filter(state="S02").count() == 1


async def test_an_appointment_goes_to_the_agent_who_made_it_and_after_a_quarter_hour_to_anyone(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 2)
    await place.open(now)
    plain, promised = await Case.all().order_by("id")
    await Case.filter(id=promised.id).update(state="S04", keep_agent=7, next_attempt_at=now, priority=100)
    await ticks.tick(now, CALENDAR, WINDOWS)
    assert (await claim(agent(1), now)).case.ref == plain.ref
    assert (await claim(agent(7), now)).case.ref == promised.ref
    await Case.filter(id=promised.id).update(state="S01", claimed_by=None)
    await no_case(agent(2), now + dt.timedelta(minutes=14))
    assert (await claim(agent(2), now + dt.timedelta(minutes=15))).case.ref == promised.ref


async def test_a_case_is_offered_only_in_the_agents_zones_language_and_rank(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1, zone_id=place.zones[1].id)
    await place.open(now)
    first, second = frozenset({place.zones[0].id}), frozenset({place.zones[1].id})
    await no_case(agent(1, first), now)
    await Case.all().update(requires_senior=True, language="合肥话")
    await no_case(agent(1, second, senior=False, languages="合肥话"), now)
    await no_case(agent(1, second, senior=True), now)
    await claim(agent(1, second, senior=True, languages="合肥话"), now)


async def test_a_number_rings_twice_a_day_at_most_whatever_case_it_was_for(place: District, now: dt.datetime) -> None:
    project = await place.project("A")
    for _ in range(3):
        await place.listed(project, await place.person("shared", share_count=2))
    await place.open(now)
    for number, case in enumerate(await Case.all().order_by("id").limit(2)):
        await Case.filter(id=case.id).update(state="S03", next_attempt_at=at(20, 9))
        await Attempt.create(
            ref=f"a{number}", case_id=case.id, number=1, phone_digest="shared", started_at=now, ended_at=now, code="310"
        )
    nothing = await no_case(agent(), now)
    assert nothing.counts["capped"] == 1
    assert nothing.next_at == at(6, 9)
    await claim(agent(), at(6, 9))


async def test_who_talked_with_us_for_another_project_is_left_alone_for_thirty_days(
    place: District, now: dt.datetime
) -> None:
    person = await place.person()
    await place.listed(await place.project("A"), person)
    await place.open(now, place.plan("W1", ends=dt.date(2026, 5, 31)))
    await Case.all().update(state="S09")
    old = await Case.get()
    await Attempt.create(ref="a", case_id=old.id, number=1, started_at=now, ended_at=now, code="100")
    await place.open(now, place.plan("W2", ends=dt.date(2026, 5, 31)))
    new = await Case.exclude(id=old.id).get()
    assert new.next_attempt_at is not None and new.next_attempt_at >= now + dt.timedelta(days=30)
    await Case.filter(id=new.id).update(state="S01", next_attempt_at=now)
    await no_case(agent(), now)


async def test_nobody_calls_at_noon_on_holidays_or_on_weekends_of_a_wave_without_them(place: District) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(at(5, 9), place.plan(weekends=False))
    noon = await no_case(agent(), at(5, 12))
    assert "14:30" in noon.sentence and noon.next_at == at(5, 14, 30)
    await no_case(agent(), at(7, 10))
    await Wave.all().update(weekends=True)
    await claim(agent(), at(7, 10))


async def test_exam_days_rest_education_projects_only(place: District) -> None:
    project = await place.project("A", education=True)
    await place.people_on(project, 1)
    dates = {"starts": dt.date(2026, 6, 1), "ends": dt.date(2026, 6, 30)}
    await place.open(at(5, 9, month=6), place.plan(**dates))
    await no_case(agent(), at(8, 10, month=6))
    await Case.all().update(education=False)
    await claim(agent(), at(8, 10, month=6))


async def test_a_barred_number_is_not_offered(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    await DoNotContact.create(phone_digest="digest1", reason="refused", at=now)
    await no_case(agent(), now)


async def test_an_empty_queue_says_why_and_when(place: District, now: dt.datetime) -> None:
    assert (await no_case(agent(), now)).sentence == "您片区里没有要回访的个案。"
    await place.people_on(await place.project("A"), 3)
    await place.open(now)
    await Case.all().update(state="S03", next_attempt_at=at(5, 15))
    nothing = await no_case(agent(), now)
    assert nothing.sentence == "现在没有可拨的个案：等待重拨 3 个。最早今天 15:00有个案到期。"
    assert (nothing.counts["waiting"], nothing.next_at) == (3, at(5, 15))


async def test_outside_the_windows_due_cases_are_said_to_wait_for_the_hour(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 3)
    await place.open(now)
    await Case.all().update(state="S01", next_attempt_at=now)
    lunch = at(5, 12)
    nothing = await no_case(agent(), lunch)
    assert nothing.sentence == "现在不在可拨时段，下一个时段从今天 14:30开始。到时段就能拨 3 个。"
    assert (nothing.counts["ready"], nothing.counts["for_others"], nothing.next_at) == (3, 0, at(5, 14, 30))


async def test_a_vanished_agents_case_returns_after_a_quarter_hour_and_a_heartbeat_keeps_it(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    held = await claim(agent(1), now)
    later = now + dt.timedelta(minutes=14)
    until, _ = await cases.heartbeat(held.case.ref, agent(1), later)
    assert until == later + dt.timedelta(minutes=15)
    await ticks.tick(now + dt.timedelta(minutes=16), CALENDAR, WINDOWS)
    await no_case(agent(2), now + dt.timedelta(minutes=16))
    gone = later + dt.timedelta(minutes=15)
    facts = await ticks.tick(gone, CALENDAR, WINDOWS)
    assert [fact.name for fact in facts] == ["lease_expired"]
    assert (await claim(agent(2), gone)).case.ref == held.case.ref
    with pytest.raises(ClaimLost) as lost:
        await cases.heartbeat(held.case.ref, agent(1), gone)
    assert not lost.value.saved


async def test_an_agent_whose_lease_ran_out_takes_his_case_back_while_nobody_else_has_it(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    held = await claim(agent(1), now)
    gone = now + dt.timedelta(minutes=20)
    await ticks.tick(gone, CALENDAR, WINDOWS)
    await cases.heartbeat(held.case.ref, agent(1), gone)
    assert (await cases.load_claimed(held.case.ref, agent(1))).claimed_by == 1


async def test_a_released_case_comes_back_ten_minutes_later(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    held = await claim(agent(1), now)
    with pytest.raises(UnknownCase):
        await cases.release(held.case.ref, agent(2), ReleaseReason.BREAK, now)
    await cases.release(held.case.ref, agent(1), ReleaseReason.BREAK, now)
    await no_case(agent(2), now)
    await claim(agent(2), now + dt.timedelta(minutes=10))
    with pytest.raises(UnknownCase):
        await cases.load_claimed(held.case.ref, agent(1))


async def test_agents_see_nobodys_case_but_their_own(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    held = await claim(agent(1), now)
    with pytest.raises(UnknownCase):
        await cases.load_claimed(held.case.ref, agent(2))
    with pytest.raises(NotClaimed):
        await cases.load_claimed(held.case.ref, Scope("supervisor", 3))
    for role in ("official", "admin", "auditor", "department", "street"):
        with pytest.raises(UnknownCase):
            await cases.load_claimed(held.case.ref, Scope(role, 3))


async def test_a_caller_is_found_by_number_and_his_case_taken_unless_another_has_it(place: District) -> None:
    evening = at(5, 22)
    await place.people_on(await place.project("A"), 2)
    await place.open(evening)
    found, _ = await cases.find_by_phone("digest1", agent(1))
    assert [each.claimable for each in found] == [True]
    got, _ = await cases.claim_inbound(found[0].ref, agent(1), evening)
    assert got.case.state == "S02"
    with pytest.raises(HeldByAnother):
        await cases.claim_inbound(found[0].ref, agent(2), evening)
    other = (await cases.find_by_phone("digest2", agent(1)))[0][0]
    with pytest.raises(HeldByAnother) as held:
        await cases.claim_inbound(other.ref, agent(1), evening)
    assert held.value.own_ref == found[0].ref
    assert (await cases.find_by_phone("digest1", Scope("street", 9)))[0] == []
