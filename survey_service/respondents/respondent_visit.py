"""A link as its holder finds it: what it is worth, whose device opened it, the projects asked about, answers so far."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from callbacks.calling import links
from callbacks.calling.do_not_contact import HARD_REFUSAL, SOFT_REFUSAL
from callbacks.calling.links import LinkCondition, LinkState
from callbacks.rules.states import FINAL, CaseState
from questionnaires import submissions, versions
from questionnaires.statements import day, rows
from survey_service.calls.interview import Part
from survey_service.errors import FieldworkClosed, LinkExpired, LinkRevoked, LinkUsed, NotFound
from survey_service.questionnaire_context import About, context
from survey_service.respondents.respondent_path import Path, path
from survey_service.trust.privacy import Keyring

MODE = "mobile"
ASKED = """
SELECT m.ref, p.code, p.project_class, p.spoken_name, p.public_name, p.hint, p.sensitive, p.minor, w.form_no, w.issuer,
    w.approval_no, w.valid_until, w.recording, w.mobile_version_id, w.state AS wave_state, w.weekends,
    c.state AS case_state, c.education, c.final_code
FROM callbacks_module m JOIN callbacks_project p ON p.id = m.project_id JOIN callbacks_wave w ON w.id = m.wave_id
JOIN callbacks_case c ON c.id = m.case_id WHERE m.case_id = $1 ORDER BY m.sequence
"""
SPENT: Mapping[LinkCondition, type[Exception]] = {
    LinkCondition.UNKNOWN: NotFound,
    LinkCondition.USED: LinkUsed,
    LinkCondition.EXPIRED: LinkExpired,
    LinkCondition.REVOKED: LinkRevoked,
}


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """The wave and the case behind the link."""

    wave_open: bool
    weekends: bool
    education: bool
    case_state: CaseState
    final_code: str | None
    form_no: str
    issuer: str
    approval_no: str
    valid_until: dt.date | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one link."""

    link: LinkState
    same_device: bool
    fieldwork: Fieldwork
    parts: tuple[Part, ...]

    @property
    def begun(self) -> bool:
        """The notice was read and agreed to."""
        return self.link.notice_sha256 is not None

    @property
    def version(self) -> str:
        """The version of the questionnaire, as forms carry it."""
        return str(self.parts[0].version_id) if self.parts else ""

    @property
    def declined(self) -> str | None:
        """The refusal code that ended the case, and this link with it."""
        revoked, code = self.link.condition is LinkCondition.REVOKED, self.fieldwork.final_code
        return code if revoked and code in (SOFT_REFUSAL, HARD_REFUSAL) else None

    @property
    def path(self) -> Path:
        """The questionnaire as far as it has come."""
        return path(self.parts)

    def key(self, k: int) -> str:
        """The key of one project's submission: a link has its own, whatever came by another one."""
        return f"link:{self.link.link_id}:{self.parts[k].module_ref}"

    def with_answers(self, k: int, answers: Mapping[str, str]) -> "Visit":
        """The same visit after a save."""
        parts = tuple(replace(part, answers=answers) if place == k else part for place, part in enumerate(self.parts))
        return replace(self, parts=parts)

    def refuse_spent(self) -> None:
        """Raises LinkUsed, FieldworkClosed, LinkExpired or LinkRevoked unless the link can still be answered."""
        condition = self.link.condition
        if condition is not LinkCondition.USED and not self.fieldwork.wave_open:
            raise FieldworkClosed
        if self.declined:
            raise LinkRevoked(declined=True)
        if condition in SPENT:
            raise SPENT[condition]
        if self.fieldwork.case_state in FINAL or not self.parts:
            raise FieldworkClosed


async def load(token: str, device: str | None, now: dt.datetime, keyring: Keyring, office: str) -> Visit:
    """The visit with this token and device cookie; reading changes nothing. Raises NotFound for an unknown token."""
    link = await links.find(token, now)
    if link.condition is LinkCondition.UNKNOWN:
        raise NotFound
    found = await rows(ASKED, link.case_id)
    if not found:
        raise FieldworkClosed
    parts = [await _part(each, link, keyring, office) for each in found]
    return Visit(
        link=link,
        same_device=links.same_device(link, device),
        fieldwork=_fieldwork(found[0]),
        parts=tuple(part for part in parts if part is not None),
    )


def _fieldwork(found: Mapping[str, Any]) -> Fieldwork:
    return Fieldwork(
        wave_open=found["wave_state"] == "open",
        weekends=bool(found["weekends"]),
        education=bool(found["education"]),
        case_state=CaseState(found["case_state"]),
        final_code=found["final_code"],
        form_no=found["form_no"],
        issuer=found["issuer"],
        approval_no=found["approval_no"],
        valid_until=day(found["valid_until"]),
    )


async def _part(found: Mapping[str, Any], link: LinkState, keyring: Keyring, office: str) -> Part | None:
    """One project; None when the wave has no questionnaire for phones."""
    about = About(
        module_ref=found["ref"], project_code=found["code"], project_class=found["project_class"],
        spoken_name=found["spoken_name"], public_name=found["public_name"], hint=found["hint"],
        sensitive=bool(found["sensitive"]), minor=bool(found["minor"]), form_no=found["form_no"],
        recording=bool(found["recording"]),
    )  # fmt: skip
    version_id, answers = found["mobile_version_id"], dict[str, str]()
    if link.notice_sha256 is not None:
        kept = await submissions.by_key(f"link:{link.link_id}:{about.module_ref}")
        if kept is not None:
            version_id, answers = kept.version_id, await submissions.answers_of(kept, keyring)
            definition = await versions.of_content(version_id, kept.sha256)
            return Part(about.module_ref, version_id, definition, context(about, office), answers)
    if version_id is None:
        return None
    definition = await versions.load(version_id)
    return Part(about.module_ref, version_id, definition, context(about, office), answers)
