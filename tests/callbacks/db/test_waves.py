"""Opening, extending and closing a wave."""

import datetime as dt

import pytest

from callbacks.errors import PlanRefused, ReserveEmpty, WaveNotOpen
from callbacks.models import Case, DoNotContact, Frame, Link, Module, NumberRepair, Wave
from callbacks.planning import waves
from callbacks.planning.plan_file import ProjectPlan
from callbacks.rules.sampling import Method, frame_digest, permutation, seed_commitment
from questionnaires.statements import rows
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, agent, at, claim


async def test_the_sample_can_be_drawn_again_from_the_seed_and_the_list(place: District, now: dt.datetime) -> None:
    project = await place.project("A")
    await place.people_on(project, 40)
    await place.open(now, place.plan(projects=(ProjectPlan("A", 10),), census_below=5), seed="s3cret")
    frame, wave = await Frame.get(), await Wave.get()
    keys = [f"entitlement{n:05}" for n in range(40)]
    drawn = await rows(
        "SELECT e.ref FROM callbacks_module m JOIN callbacks_entitlement e ON e.id = m.entitlement_id ORDER BY m.position"
    )
    assert (frame.population, frame.drawn, frame.method) == (40, 10, "random")
    assert frame.digest == frame_digest(keys)
    assert wave.seed_commitment == seed_commitment("s3cret")
    assert [each["ref"] for each in drawn] == [keys[index] for index in permutation("s3cret|A", keys)[:10]]
    assert len(await rows("SELECT position FROM callbacks_frame_member")) == 40


async def test_a_short_list_is_called_completely_and_a_project_without_list_says_why(place: District) -> None:
    await place.people_on(await place.project("A"), 3)
    await place.project("B")
    preview = await waves.preview(place.plan())
    assert [(row.code, row.population, row.method, row.sample) for row in preview.rows] == [
        ("A", 3, Method.census, 3),
        ("B", 0, None, 0),
    ]
    assert preview.rows[1].why_no_list
    assert (preview.cases, preview.exact) == (3, True)


async def test_one_person_in_four_projects_gets_one_call_now_and_one_thirty_days_later(
    place: District, now: dt.datetime
) -> None:
    person = await place.person()
    for code in "ABCD":
        await place.listed(await place.project(code), person)
    await place.open(now)
    first, second = await Case.all().order_by("id")
    assert await Module.filter(case_id=first.id).count() == 3
    assert await Module.filter(case_id=second.id).count() == 1
    assert (first.state, second.state) == ("S01", "S00")
    assert second.next_attempt_at is not None and second.next_attempt_at >= now + dt.timedelta(days=30)


async def test_people_without_a_usable_number_go_to_number_repair_with_a_deadline(
    place: District, now: dt.datetime
) -> None:
    project = await place.project("A", minor=False)
    for contact in ({"phone": None}, {"share_count": 5}, {"status": "wrong"}):
        await place.listed(project, await place.person(**contact))
    opened = await place.open(now)
    assert opened.without_number == 3
    assert [case.state for case in await Case.all()] == ["S05"] * 3
    repairs = await NumberRepair.all().order_by("id")
    assert {repair.due_on for repair in repairs} == {dt.date(2026, 3, 10)}
    assert [repair.reason for repair in repairs] == ["没有登记电话", "登记的是代留号码", "登记的号码已核实不能用"]


async def test_a_minor_is_reached_through_the_guardian_only(place: District, now: dt.datetime) -> None:
    project = await place.project("A", minor=True)
    await place.listed(project, await place.person())
    await place.listed(project, await place.person(relation="guardian"))
    await place.open(now)
    assert [case.state for case in await Case.all().order_by("id")] == ["S05", "S01"]


async def test_a_barred_number_is_never_queued(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 2)
    await DoNotContact.create(phone_digest="digest1", reason="refused", at=now)
    opened = await place.open(now)
    assert opened.do_not_contact == 1
    barred = await Case.get(phone_digest="digest1")
    assert (barred.state, barred.final_code) == ("S11", "201")


async def test_the_next_replicate_follows_the_same_order_until_the_list_is_used_up(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 12)
    await place.open(now, place.plan(projects=(ProjectPlan("A", 5),), census_below=5, replicate_size=5))
    people, _ = await waves.release_replicate("W1", "A", now, CALENDAR, WINDOWS)
    assert people == 5
    people, _ = await waves.release_replicate("W1", "A", now, CALENDAR, WINDOWS)
    assert people == 2
    assert sorted([m.position for m in await Module.all()]) == list(range(12))
    assert sorted({m.replicate for m in await Module.all()}) == [1, 2, 3]
    with pytest.raises(ReserveEmpty):
        await waves.release_replicate("W1", "A", now, CALENDAR, WINDOWS)


async def test_a_plan_that_does_not_fit_is_refused_with_every_reason(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    with pytest.raises(PlanRefused) as refused:
        await waves.preview(place.plan(projects=(ProjectPlan("X"),)))
    assert len(refused.value.sentences) == 2


async def test_closing_finishes_answers_and_ends_the_rest_by_their_last_outcome(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 3)
    await place.open(now)
    answered, called, untouched = await Case.all().order_by("id")
    await Case.filter(id=answered.id).update(state="S08", final_code="100")
    await Case.filter(id=called.id).update(state="S03")
    await rows(
        "INSERT INTO callbacks_attempt (ref, case_id, number, started_at, ended_at, code)"
        " VALUES ('x', $1, 1, $2, $2, '310') RETURNING id",
        called.id,
        now,
    )
    await Link.create(token_hash="h", case_id=untouched.id, created_at=now, expires_at=at(31, 20))
    for state in ("open", "done"):
        await NumberRepair.create(case_id=called.id, reason="321", state=state, asked_at=now, due_on=now.date())
    counts, _ = await waves.close("W1", now)
    assert counts == {"S09": 1, "S11": 1, "S13": 1}
    ended = {case.id: case for case in await Case.all()}
    assert (ended[called.id].state, ended[called.id].final_code) == ("S11", "310")
    assert (ended[untouched.id].state, ended[untouched.id].final_code) == ("S13", "300")
    assert (await Link.get()).revoked_at is not None
    assert sorted([repair.state for repair in await NumberRepair.all()]) == ["done", "expired"]
    with pytest.raises(WaveNotOpen):
        await waves.close("W1", now)


async def test_a_wave_opened_in_the_evening_can_be_called_next_morning(place: District) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(at(5, 21))
    case = await Case.get()
    assert (case.state, case.next_attempt_at) == ("S00", at(6, 9))


async def test_every_person_of_a_wave_can_be_claimed(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 4)
    await place.open(now)
    refs = {(await claim(agent(number), now)).case.ref for number in range(1, 5)}
    assert len(refs) == 4
