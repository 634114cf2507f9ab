"""Published versions and submissions on both databases."""

import asyncio
import datetime as dt
from collections import Counter

import msgspec
import pytest
from tortoise.transactions import in_transaction

from questionnaires import submissions, versions
from questionnaires.definition import Definition
from questionnaires.errors import AlreadySubmitted, NotComplete, NotOpen, UnknownSubmission, UnknownVersion
from questionnaires.models import AnswerEvent, Submission, Version
from questionnaires.sealing import Sealer
from questionnaires.statements import CONNECTION, rows
from tests.questionnaires.forms import SHIPPED

pytestmark = pytest.mark.usefixtures("db")

MOBILE = SHIPPED["mobile"]
CONTEXT = {"p_class": "subsidy", "p_public": "高龄津贴", "p_hint": ""}
UNHAPPY = {
    "q_consent": "1",
    "m0": "3",
    "a1": "3",
    "a2": ["1", "3"],
    "b1": "1",
    "c1": "2",
    "d1": ["4"],
    "d2": "门牌三号的路灯坏了",
    "e1": "1",
    "e2": "13800138000",
    "u1": "2",
    "g1": "4",
}


async def begun(now: dt.datetime, definition: Definition = MOBILE, key: str = "link-1") -> Submission:
    version, _ = await versions.publish(definition, now)
    submission, _ = await submissions.start(version, "mobile", key, now)
    return submission


async def metric_rows_of(submission: Submission) -> list[tuple[str, str]]:
    sql = "SELECT item, code FROM questionnaires_answer WHERE submission_id = $1 ORDER BY item, code"
    return [(row["item"], row["code"]) for row in await rows(sql, submission.id)]


async def test_an_unknown_version_or_submission_is_said_so() -> None:
    with pytest.raises(UnknownVersion):
        await versions.current("phone")
    with pytest.raises(UnknownVersion):
        await versions.load(9)
    with pytest.raises(UnknownSubmission):
        await submissions.by_ref("nothing")


async def test_the_same_content_is_the_same_version_and_other_content_another(now: dt.datetime) -> None:
    first, told = await versions.publish(MOBILE, now)
    again, silent = await versions.publish(MOBILE, now + dt.timedelta(days=1))
    assert (again.id, again.published_at) == (first.id, first.published_at)
    assert (told.name, told.chained, silent.chained) == ("questionnaire_published", True, False)
    changed = msgspec.structs.replace(MOBILE, title="另一份")
    other, _ = await versions.publish(changed, now + dt.timedelta(days=2))
    assert other.id != first.id
    assert (await versions.current("mobile")).id == other.id
    assert await versions.load(first.id) == MOBILE
    assert await versions.load(other.id) == changed
    assert await Version.all().count() == 2


async def test_one_key_is_one_submission(now: dt.datetime) -> None:
    version, _ = await versions.publish(MOBILE, now)
    first, started = await submissions.start(version, "mobile", "link-1", now)
    again, resumed = await submissions.start(version.id, "mobile", "link-1", now)
    assert first.ref == again.ref
    assert (started.chained, resumed.chained) == (True, False)
    assert started.data["sha256"] == version.sha256


async def test_what_is_saved_is_found_again_and_open_text_only_sealed(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)
    saved, fact = await submissions.save(submission, UNHAPPY, now, sealer, CONTEXT)
    assert saved.refused == {}
    assert not fact.chained
    stored = await submissions.by_ref(submission.ref)
    answers = await submissions.answers_of(stored, sealer)
    assert answers == saved.answers
    assert (answers["a2"], answers["d2"], answers["e2"]) == ("1 3", "门牌三号的路灯坏了", "13800138000")
    kept = str(await rows("SELECT * FROM questionnaires_submission")) + str(
        await rows("SELECT * FROM questionnaires_open_text")
    )
    assert "路灯" not in kept
    assert "13800138000" not in kept
    assert "高龄津贴" not in kept


async def test_an_item_that_is_refused_does_not_cost_the_others(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)
    given = {"q_consent": "1", "m0": "9", "e2": "123", "nothing": "1", "n_open": "1", "a1": "3"}
    saved, _ = await submissions.save(submission, given, now, sealer, CONTEXT)
    assert set(saved.refused) == {"m0", "e2", "nothing", "n_open"}
    assert saved.refused["m0"] == "请从列出的选项里选一项"
    assert await submissions.answers_of(await submissions.by_ref(submission.ref), sealer) == {
        "q_consent": "1",
        "a1": "3",
    }


async def test_every_change_of_mind_is_kept_and_open_text_leaves_no_words(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)
    for minute, given in enumerate([{"c1": "5"}, {"c1": "2"}, {"c1": "2"}, {"f1": "修路"}, {"f1": ""}]):
        await submissions.save(submission, given, now + dt.timedelta(minutes=minute), sealer, CONTEXT)
    events = await AnswerEvent.filter(submission_id=submission.id).order_by("id")
    assert [(event.item, event.code) for event in events] == [("c1", "5"), ("c1", "2"), ("f1", None), ("f1", None)]
    assert events[1].at == now + dt.timedelta(minutes=1)
    answers = await submissions.answers_of(await submissions.by_ref(submission.ref), sealer)
    assert answers == {"c1": "2", "f1": ""}
    assert await rows("SELECT * FROM questionnaires_open_text") == []


async def test_a_required_answer_can_be_cleared_and_is_asked_for_again(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)
    await submissions.save(submission, {"a1": "3"}, now, sealer, CONTEXT)
    saved, _ = await submissions.save(submission, {"a1": ""}, now, sealer, CONTEXT)
    assert saved.refused == {"a1": "请选一项"}
    assert saved.answers["a1"] == ""


async def test_submitting_counts_the_answers_once(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)
    await submissions.save(submission, UNHAPPY, now, sealer, CONTEXT)
    closed, fact = await submissions.submit(submission, now, sealer, CONTEXT)
    again, repeated = await submissions.submit(submission, now + dt.timedelta(hours=1), sealer, CONTEXT)
    assert (closed.state, closed.proxy, closed.coached) == ("submitted", "family", False)
    assert again.submitted_at == now
    assert again.digest == closed.digest
    assert (fact.chained, repeated.chained) == (True, False)
    assert await metric_rows_of(closed) == [
        ("a1", "3"),
        ("a2", "1"),
        ("a2", "3"),
        ("b1", "1"),
        ("c1", "2"),
        ("d1", "4"),
        ("e1", "1"),
        ("g1", "4"),
        ("m0", "3"),
        ("m35", "1"),
        ("u1", "2"),
    ]


async def test_after_submitting_the_same_answers_pass_and_others_do_not(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)
    await submissions.save(submission, UNHAPPY, now, sealer, CONTEXT)
    await submissions.submit(submission, now, sealer, CONTEXT)
    _, fact = await submissions.save(submission, UNHAPPY, now, sealer, CONTEXT)
    assert fact == type(fact)("submission_repeated", submission.ref, chained=False)
    for altered in ({"c1": "5"}, {"c1": "7"}, {"d2": "另一件事"}, {"f1": "新的"}):
        with pytest.raises(AlreadySubmitted):
            await submissions.save(submission, UNHAPPY | altered, now, sealer, CONTEXT)
    assert (await submissions.answers_of(await submissions.by_ref(submission.ref), sealer))["c1"] == "2"


async def test_an_unfinished_one_is_only_taken_as_a_break_off(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)
    await submissions.save(submission, {"q_consent": "1", "m0": "1", "a1": "1", "b1": "1", "c1": "4"}, now, sealer, {})
    with pytest.raises(NotComplete) as missing:
        await submissions.submit(submission, now, sealer, {})
    assert missing.value.missing == ("u1", "g1")
    assert await metric_rows_of(submission) == []
    _, fact = await submissions.submit(submission, now, sealer, {}, partial=True)
    assert fact.data["partial"] is True
    assert ("c1", "4") in await metric_rows_of(submission)


async def test_an_answer_that_left_the_path_is_kept_but_not_counted(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)
    await submissions.save(submission, UNHAPPY, now, sealer, CONTEXT)
    await submissions.save(submission, {"c1": "5"}, now, sealer, CONTEXT)
    closed, _ = await submissions.submit(submission, now, sealer, CONTEXT)
    assert not {"d1", "e1"} & {item for item, _ in await metric_rows_of(closed)}
    assert (await submissions.answers_of(closed, sealer))["d1"] == "4"


async def test_a_void_or_superseded_one_takes_no_more_answers_and_keeps_those_it_has(
    now: dt.datetime, sealer: Sealer
) -> None:
    first, second = await begun(now, key="a"), await begun(now, key="b")
    for submission in (first, second):
        await submissions.save(submission, UNHAPPY, now, sealer, CONTEXT)
        await submissions.submit(submission, now, sealer, CONTEXT)
    third = await begun(now, key="c")
    told = await submissions.void(first, "代答未标记", now)
    await submissions.supersede(second, third, now)
    assert told.data == {"before": "submitted"}
    assert "代答" not in str(told)
    for submission, state in ((first, "void"), (second, "superseded")):
        stored = await submissions.by_ref(submission.ref)
        assert stored.state == state
        assert bool(await metric_rows_of(stored)) is (state == "void")  # kept for the rate with and without it
        assert (await submissions.answers_of(stored, sealer))["c1"] == "2"
        with pytest.raises(NotOpen):
            await submissions.save(stored, {"c1": "5"}, now, sealer, CONTEXT)
        with pytest.raises(NotOpen):
            await submissions.submit(stored, now, sealer, CONTEXT)
        with pytest.raises(NotOpen):
            await submissions.void(stored, "再次", now)


async def test_a_passed_appointment_sent_again_is_still_the_same_answer(now: dt.datetime, sealer: Sealer) -> None:
    version, _ = await versions.publish(SHIPPED["phone"], now)
    submission, _ = await submissions.start(version, "phone", "call-1", now)
    given = {"q_ident": "1", "q_consent": "2", "q_appt": "2026-03-05T15:00"}
    await submissions.save(submission, given, now, sealer, {})
    await submissions.submit(submission, now, sealer, {})
    saved, _ = await submissions.save(submission, given, now + dt.timedelta(days=1), sealer, {})
    assert saved.refused == {}


async def test_twenty_identical_submissions_at_once_store_one(now: dt.datetime, sealer: Sealer) -> None:
    version, _ = await versions.publish(MOBILE, now)

    async def send() -> str:
        async with in_transaction(CONNECTION):
            submission, _ = await submissions.start(version, "mobile", "link-1", now)
            await submissions.save(submission, UNHAPPY, now, sealer, CONTEXT)
            _, fact = await submissions.submit(submission, now, sealer, CONTEXT)
            return fact.name

    told = Counter(await asyncio.gather(*(send() for _ in range(20))))
    assert told == {"submission_submitted": 1, "submission_repeated": 19}
    assert await Submission.all().count() == 1
    assert len(await rows("SELECT 1 FROM questionnaires_answer")) == 11


async def test_two_devices_at_once_lose_no_answer(now: dt.datetime, sealer: Sealer) -> None:
    submission = await begun(now)

    async def send(name: str) -> None:
        async with in_transaction(CONNECTION):
            await submissions.save(submission, {name: "1"}, now, sealer, CONTEXT)

    names = ["q_consent", "m0", "a1", "b1", "c1", "u1", "g1"]
    await asyncio.gather(*(send(name) for name in names))
    answers = await submissions.answers_of(await submissions.by_ref(submission.ref), sealer)
    assert sorted(answers) == sorted(names)
