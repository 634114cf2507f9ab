"""A supervisor of some zones counts and sees his own, and leaves what concerns the whole district to others."""

import datetime as dt
import re

import pytest

from callbacks.models import Wave
from survey_service.models import AuditEntry
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.cast import District

PLAN = "code = 'W9'"


async def scene(office: serving.Office) -> tuple[District, serving.httpx.AsyncClient]:
    """Three cases in the east, five in the west; the supervisor of the east is signed in."""
    district = await cast.district()
    frame = district.frames[district.relief.id]
    for where, many in ((district.east, 3), (district.west, 5)):
        for _ in range(many):
            made = await cast.case(office.site.keyring, district.wave, district.relief, frame, where)
            entitled = made.entitlement
            entitled.callback_from, entitled.callback_until = cast.TODAY, cast.TODAY + dt.timedelta(days=30)
            await entitled.save()
    east = await cast.account(Role.SUPERVISOR, "supervisor.east", (district.east,))
    return district, await office.visitor_as(Role.SUPERVISOR, east)


def numbers(html: str) -> set[int]:
    """Every whole number that stands alone between two tags."""
    return {int(found) for found in re.findall(r">\s*(\d{1,4})\s*<", html)}


@pytest.mark.parametrize(
    "path", ["/supervisor", "/supervisor/waves", "/supervisor/waves/W1", "/supervisor/projects", "/supervisor/messages"]
)
async def test_every_count_is_of_the_own_zones(office: serving.Office, path: str) -> None:
    _, east = await scene(office)
    chief = await office.visitor_as(Role.SUPERVISOR)
    mine, all_of_them = (await east.get(path)).text, (await chief.get(path)).text
    assert re.search(r"(?<!\d)8(?!\d)", re.sub(r"<[^>]+>", " ", all_of_them)), "the whole district counts eight"
    shown = re.sub(r"<[^>]+>", " ", mine)
    assert re.search(r"(?<!\d)3(?!\d)", shown) and not re.search(r"(?<!\d)8(?=人|\s|份|条)", shown), shown
    assert 100 not in numbers(mine), "the size of the district's list"


async def test_the_progress_for_programs_is_of_the_own_zones_too(office: serving.Office) -> None:
    _, east = await scene(office)
    found = (await east.get("/api/v1/waves/W1/progress")).json()
    assert (found["cases"], found["projects"][0]["people"]) == (3, 3)
    official = await office.visitor_as(Role.OFFICIAL)
    assert (await official.get("/api/v1/waves/W1/progress")).json()["cases"] == 8


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/supervisor/waves/W1/close", {"confirm": "W1"}), ("/supervisor/waves/W1/replicates", {"project": "P01"}),
        ("/supervisor/waves", {"plan": PLAN}), ("/supervisor/waves/plan", {"way": "paste", "plan": PLAN}),
        ("/supervisor/messages/queue", {"wave": "W1", "kind": "notice"}), ("/supervisor/imports", {"kind": "zones"}),
        ("/supervisor/imports/aaaaaaaaaa/undo", {}), ("/supervisor/projects/P01", {"version": "x"}),
        ("/supervisor/clock", {"to": "week"}),
    ],
)  # fmt: skip
async def test_what_concerns_everybody_is_refused_with_a_sentence_and_kept_on_the_trail(
    office: serving.Office, path: str, form: dict[str, str]
) -> None:
    _, east = await scene(office)
    answer = await east.post(path, data=form)
    assert answer.status_code == 403 and "负责全区的督导" in answer.text
    assert (await Wave.get(code="W1")).state == "open"
    denied = await AuditEntry.filter(action="access_denied").order_by("-seq").first()
    assert denied is not None and denied.outcome == "denied" and denied.reason == "zones"


async def test_who_is_in_charge_of_the_whole_district_still_does_it(office: serving.Office) -> None:
    await scene(office)
    chief = await office.visitor_as(Role.SUPERVISOR)
    answer = await chief.post("/supervisor/waves/W1/close", data={"confirm": "W1"})
    assert answer.status_code == 303 and (await Wave.get(code="W1")).state == "closed"


async def test_pages_offer_no_button_that_would_be_refused(office: serving.Office) -> None:
    _, east = await scene(office)
    for path in (
        "/supervisor",
        "/supervisor/waves",
        "/supervisor/waves/W1",
        "/supervisor/messages",
        "/supervisor/projects",
    ):
        page = (await east.get(path)).text
        offered = re.findall(r'(?:action|href)="(/supervisor/[^"]*)"', page)
        refused = [
            place for place in offered if re.search(r"/(imports|clock|new|close|replicates|queue)|/projects/", place)
        ]
        assert not refused, f"{path}: {refused}"
