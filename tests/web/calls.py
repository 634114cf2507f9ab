"""A day at an agent's desk for the tests: a district with its questionnaire, people to call, and the presses of a page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

from callbacks.models import Entitlement, Module, Person, Project, Wave
from questionnaires import versions
from questionnaires.statements import rows
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.cast import Called, District
from tests.questionnaires.forms import SHIPPED

HIDDEN = re.compile(r'name="(_attempt|_claim|_module)" value="([^"]*)"')
TAGS = re.compile(r"<[^>]+>")
SATISFIED: dict[str, str] = {
    "q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4", "a1": "3", "a2": "1", "b1": "1", "b3": "2", "c1": "4",
    "c2": "4", "c3": "4", "c4": "4", "c5": "4", "c6": "5", "u1": "2", "g1": "4", "i1": "2", "h1": "2", "h2": "1",
    "j1": "1", "j2": "1",
}  # fmt: skip


@dataclass(slots=True)
class Desk:
    """城东区 with a phone questionnaire, and agent 陈's browser."""

    office: serving.Office
    district: District
    agent: httpx.AsyncClient

    async def person(self, **fields: Any) -> Called:
        """One more case that is due now, about 困难群众生活救助."""
        d = self.district
        return await cast.case(self.office.site.keyring, d.wave, d.relief, d.frames[d.relief.id], d.east, **fields)

    async def second_project(self, called: Called, about: Project) -> Module:
        """The same person is on another list."""
        frame, d = self.district.frames[about.id], self.district
        entitled = await Entitlement.create(
            ref=cast.ref("ent"), project_id=about.id, person_ref=called.person.ref, zone_id=d.east.id,
            frame_date=cast.TODAY, batch_id=frame.batch_id,
        )  # fmt: skip
        return await Module.create(
            ref=cast.ref("mod"), case_id=called.case.id, wave_id=d.wave.id, project_id=about.id, zone_id=d.east.id,
            frame_id=frame.id, position=1, replicate=1, sequence=2, entitlement_id=entitled.id,
        )  # fmt: skip

    async def called(self, **fields: Any) -> Called:
        """A case in agent 陈's hands."""
        made = await self.person(**fields)
        answer = await self.agent.post("/agent/next")
        assert answer.headers["location"] == f"/agent/cases/{made.case.ref}", answer.text
        return made

    async def page(self, ref: str, **query: str) -> str:
        """The screen of the claimed case."""
        answer = await self.agent.get(f"/agent/cases/{ref}", params=query)
        assert answer.status_code == 200, (answer.status_code, words(answer.text))
        return answer.text

    async def answer(self, ref: str, given: Mapping[str, str], **more: str) -> httpx.Response:
        """Sends answers as the page does."""
        own = hidden(await self.page(ref)) | more
        return await self.agent.post(f"/agent/cases/{ref}/answers", data={**own, **given}, headers={"x-fragment": "1"})

    async def outcome(self, ref: str, code: str, **given: str) -> httpx.Response:
        """Presses an outcome."""
        own = hidden(await self.page(ref))
        return await self.agent.post(f"/agent/cases/{ref}/outcome", data={**own, "code": code, **given})

    async def facts(self, name: str) -> list[dict[str, Any]]:
        """What the trail says of an action."""
        return await rows(
            "SELECT actor, object, outcome, reason FROM survey_service_audit_entry WHERE action = $1", name
        )


async def desk_at(office: serving.Office) -> Desk:
    """Everything set up for agent 陈; her browser is signed in."""
    district = await cast.district()
    version, _ = await versions.publish(SHIPPED["phone"], cast.NOW)
    await Wave.filter(id=district.wave.id).update(phone_version_id=version.id)
    return Desk(office, district, await office.visitor_as(Role.AGENT, district.agent_chen))


def hidden(page: str) -> dict[str, str]:
    """The fields that every form of the claim carries."""
    return dict(HIDDEN.findall(page))


def words(page: str) -> str:
    """What a reader sees."""
    return re.sub(r"\s+", " ", unescape(TAGS.sub(" ", page)))


async def rename(called: Called, sealer: Any, name: str, **fields: Any) -> None:
    """Gives the person of a case a name of the test's own."""
    sealed = sealer.seal("vault_person.name", called.person.ref, name)
    await Person.filter(id=called.person.id).update(name_sealed=sealed, **fields)
