"""A wave with the shipped phone questionnaire, people with links, and a respondent who fills pages in as they come."""

import datetime as dt
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from callbacks.calling import links
from callbacks.models import Case, Entitlement, Module, Project, Wave
from questionnaires import library, versions
from questionnaires.xlsform import read_folder
from survey_service.trust.audit import COMMAND
from tests import cast, serving

SATISFIED: Mapping[str, str] = {
    "m0": "1", "a1": "3", "a2": "1", "b1": "1", "c1": "4", "c3": "4", "c4": "5", "c6": "4", "f1": "", "u1": "2",
    "g1": "5", "h2": "", "h3": "",
}  # fmt: skip
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Invited:
    """A case and its live link."""

    token: str
    case: Case
    modules: tuple[Module, ...]
    name: str
    phone: str

    @property
    def url(self) -> str:
        return f"/s/{self.token}"


async def mobile_version(office: serving.Office) -> int:
    """The shipped questionnaire for phones, published."""
    definition = next(form for form in read_folder(library.folder()) if form.key == "mobile")
    async with office.site.ledger.change(COMMAND) as change:
        version, fact = await versions.publish(definition, change.now)
        change.record(fact)
    return int(version.id)


@dataclass(slots=True)
class Scene:
    """An open wave of projects that people with links are asked about."""

    office: serving.Office
    wave: Wave
    projects: Sequence[Project]
    invited: list[Invited] = field(default_factory=list)

    async def invite(self, name: str = "", phone: str = "", **case: Any) -> Invited:
        """One more person with a link to all projects of the scene."""
        sealer, found = self.office.site.keyring, []
        who, contact = await cast.person(sealer, name, phone)
        given: dict[str, Any] = {
            "state": "S01", "next_attempt_at": cast.NOW, "created_at": cast.NOW, "changed_at": cast.NOW, **case,
        }  # fmt: skip
        made = await Case.create(
            ref=cast.ref("case"), wave_id=self.wave.id, person_ref=who.ref, contact_ref=contact.ref,
            phone_digest=contact.phone_digest, **given,
        )  # fmt: skip
        for number, about in enumerate(self.projects, 1):
            frame = await cast.frame(self.wave, about)
            entitled = await Entitlement.create(
                ref=cast.ref("ent"), project_id=about.id, person_ref=who.ref, frame_date=cast.TODAY,
                batch_id=frame.batch_id,
            )  # fmt: skip
            found.append(
                await Module.create(
                    ref=cast.ref("mod"), case_id=made.id, wave_id=self.wave.id, project_id=about.id, frame_id=frame.id,
                    position=1, replicate=1, sequence=number, entitlement_id=entitled.id,
                )
            )  # fmt: skip
        async with self.office.site.ledger.change(COMMAND) as change:
            token, fact = await links.issue(made.ref, change.now, change.now + dt.timedelta(days=7))
            change.record(fact)
        invited = Invited(token, made, tuple(found), name, phone)
        self.invited.append(invited)
        return invited


async def scene(office: serving.Office, *projects: Mapping[str, Any]) -> Scene:
    """The wave; without arguments one subsidy project."""
    about = [
        await cast.project(f"P{number:02d}", **given)
        for number, given in enumerate(projects or ({"name": "高龄津贴"},), 1)
    ]
    wave = await cast.wave(mobile_version_id=await mobile_version(office))
    return Scene(office, wave, about)


@dataclass(slots=True)
class Respondent:
    """Answers page by page, as a phone without scripts does."""

    client: httpx.AsyncClient
    url: str
    shown: httpx.Response | None = None
    seen: list[str] = field(default_factory=list)

    async def look(self, at: str = "") -> httpx.Response:
        """Open the link, or an earlier question."""
        return self._keep(await self.client.get(f"{self.url}?at={at}" if at else self.url))

    async def post(self, fields: Sequence[tuple[str, str]], path: str = "") -> httpx.Response:
        """Send a form and follow where it leads."""
        answer = await self.client.post(self.url + path, content=urlencode(fields), headers=FORM)
        self._keep(answer)
        while answer.status_code == 303:
            answer = self._keep(await self.client.get(answer.headers["location"]))
        return answer

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        self.shown = answer
        self.seen.append(answer.text)
        return answer

    @property
    def at(self) -> str:
        """The question on the page; empty on pages without one."""
        found = re.search(r'name="at" value="([^"]+)"', self.seen[-1])
        return found.group(1) if found else ""

    @property
    def version(self) -> str:
        found = re.search(r'name="version" value="([^"]+)"', self.seen[-1])
        return found.group(1) if found else ""

    async def agree(self) -> httpx.Response:
        """Open the link and agree."""
        await self.look()
        return await self.post([("at", "q_consent"), ("version", self.version), ("q_consent", "1")])

    async def say(self, *values: str, go: str = "next") -> httpx.Response:
        """Answer the question on the page."""
        at = self.at
        return await self.post([("at", at), ("version", self.version), *((at, value) for value in values), ("go", go)])

    async def answer_all(self, answers: Mapping[str, str] = SATISFIED) -> list[str]:
        """Answer whatever is asked until nothing is; the questions in the order in which they came."""
        asked = []
        while at := self.at:
            asked.append(at)
            value = answers.get(at, answers.get(at.rpartition(".")[2], ""))
            await self.say(*value.split(" ") if value else [""])
            assert self.at != at, f"{at} was asked again: {text_of(self.seen[-1])[:300]}"
        return asked

    async def submit(self) -> httpx.Response:
        """Press 提交."""
        return await self.post([("version", self.version), ("go", "submit")])


def text_of(page: str) -> str:
    """What a reader sees."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()
