"""The questionnaire for programs: where it stands, drafts, and exactly one submission."""

import asyncio
from typing import Any

import pytest

from callbacks.models import Case, Module
from questionnaires import statements
from tests import serving
from tests.web.links import SATISFIED, scene

ALL: dict[str, Any] = {"answers": {"q_consent": "1", **{key: value for key, value in SATISFIED.items() if value}}}


async def test_a_program_reads_drafts_and_submits(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    client, url = office.visitor(), f"/api/v1{invited.url}"
    new = (await client.get(url)).json()
    assert (new["state"], new["question"]["name"]) == ("new", "q_consent")
    assert new["notice"]["office"] == "城东区民生办"
    begun = await client.put(f"{url}/draft", json={"answers": {"q_consent": "1", "m0": "1", "a1": "9"}})
    assert begun.status_code == 200
    body = begun.json()
    assert body["refused"] == {"a1": "请从列出的选项里选一项"}
    assert (body["state"], body["question"]["name"], body["number"]) == ("begun", "a1", 2)
    assert [choice["code"] for choice in body["question"]["choices"]][:3] == ["3", "2", "1"]
    assert (await client.get(url)).json()["answers"] == {"m0": "1"}
    assert (await office.visitor().get(url)).json()["answers"] == {}, "not to another device"
    rest = {"answers": {**SATISFIED, "a2": ["1", "2"]}}
    done = await client.post(f"{url}/submission", json=rest)
    assert done.status_code == 201
    again = await client.post(f"{url}/submission", json=rest)
    assert (again.status_code, again.json()) == (200, done.json())
    assert (await Case.get(id=invited.case.id)).state == "S08"


async def test_of_fifty_identical_submissions_one_is_stored(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    client, url = office.visitor(), f"/api/v1{invited.url}/submission"
    answers = {**ALL["answers"], "f1": "", "h2": "", "h3": ""}
    sent = await asyncio.gather(*(client.post(url, json={"answers": answers}) for _ in range(50)))
    codes = sorted(answer.status_code for answer in sent)
    assert codes == [200] * 49 + [201]
    assert len({answer.text for answer in sent}) == 1
    found = await statements.row("SELECT count(*) AS n FROM questionnaires_submission WHERE state = 'submitted'")
    assert found == {"n": 1}
    altered = await client.post(url, json={"answers": {**answers, "c1": "1"}})
    assert (altered.status_code, altered.json()["code"]) == (409, "link-used")
    assert altered.headers["content-type"].startswith("application/problem+json")
    module = await Module.get(id=invited.modules[0].id)
    stored = await statements.rows(
        "SELECT code FROM questionnaires_answer WHERE submission_id = $1 AND item = 'c1'", module.submission_id
    )
    assert stored == [{"code": "4"}]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"m0": "1"}, "q_consent"), ({"q_consent": "2", "m0": "1"}, "q_consent"), ({"q_consent": "1"}, "m0"),
        ({**ALL["answers"], "c1": "99"}, "c1"), ({**ALL["answers"], "nonsense": "1"}, "nonsense"),
    ],
)  # fmt: skip
async def test_a_submission_that_is_not_whole_is_refused_with_the_field(
    office: serving.Office, answers: dict[str, str], field: str
) -> None:
    invited = await (await scene(office)).invite()
    refused = await office.visitor().post(f"/api/v1{invited.url}/submission", json={"answers": answers})
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert (await Case.get(id=invited.case.id)).state == "S01"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'{"answers": 5}', b'{"answers": {"m0": 1}}', b'{"answers": {"m0": null}}',
     b'{"answers": {}, "x": 1}', b'{"answers": {"\\u0000": "\\ud800"}}', b"\xff", b'{"answers": {"q_consent": []}}',
     b'{"answers": {"q_consent": "1", "m0": ["1", "2"]}}', b'{"answers":' + b"[" * 20_000],
)  # fmt: skip
async def test_strange_bodies_are_the_callers_fault(office: serving.Office, body: bytes) -> None:
    invited = await (await scene(office)).invite()
    for method, path in (("PUT", "draft"), ("POST", "submission")):
        answer = await office.visitor().request(
            method, f"/api/v1{invited.url}/{path}", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code in (200, 400, 422), (
            f"{method} {body[:40]!r}: {answer.status_code} {answer.text[:100]}"
        )


async def test_unknown_and_spent_links_have_their_codes(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    client = office.visitor()
    unknown = await client.get("/api/v1/s/unknown")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    office.clock.pass_by(days=8)
    expired = await client.get(f"/api/v1{invited.url}")
    assert (expired.status_code, expired.json()["code"]) == (410, "link-expired")
