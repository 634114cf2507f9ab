"""The auditor reads the trail and can do nothing else: filtered, paged, verified, its head to be copied."""

import datetime as dt
import re

from questionnaires.facts import Fact
from questionnaires.statements import execute
from survey_service.models import AuditEntry
from survey_service.trust import audit
from survey_service.trust.audit import SYSTEM
from tests import serving


async def _entries(office: serving.Office, count: int, name: str = "case_released") -> None:
    async with office.site.ledger.change(SYSTEM) as change:
        change.record(*(Fact(name, f"case{number:06d}", {"number": number}) for number in range(count)))


async def test_only_the_auditor_reads_the_trail(office: serving.Office) -> None:
    for role in ("admin", "supervisor", "agent", "official"):
        visitor = await office.visitor_as(role)
        assert (await visitor.get("/audit")).status_code == 403
        assert (await visitor.post("/audit/verify")).status_code == 403
    auditor = await office.visitor_as("auditor")
    for place in ("/supervisor", "/admin", "/report", "/agent"):
        assert (await auditor.get(place)).status_code == 403


async def test_the_trail_is_paged_without_a_gap(office: serving.Office) -> None:
    await _entries(office, 120)
    auditor = await office.visitor_as("auditor")
    place, seen = "/audit", []
    while place:
        page = (await auditor.get(place)).text
        seen += [part.split("<")[0] for part in page.split('class="seq num">')[1:]]
        place = (
            page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&") if "更早的记录" in page else ""
        )
    assert seen == [str(number) for number in range(120, 0, -1)]


async def test_filters_take_known_names_only(office: serving.Office) -> None:
    await _entries(office, 2)
    await _entries(office, 1, "wave_closed")
    auditor = await office.visitor_as("auditor")
    only = (await auditor.get("/audit?action=wave_closed")).text
    assert only.count('class="seq num">') == 1
    assert (await auditor.get("/audit?role=agent")).text.count('class="seq num">') == 0
    assert (await auditor.get("/audit?first=2020-01-01&last=2020-01-02")).text.count('class="seq num">') == 0
    assert (await auditor.get("/audit?first=2020-01-01")).text.count('class="seq num">') == 3
    for query in ("action=1%3D1", "role=root", "first=gestern", "before=-1", "before=x", "role=password__startswith"):
        answer = await auditor.get(f"/audit?{query}")
        assert answer.status_code == 422, query


async def test_verification_says_what_it_found_and_is_itself_on_the_trail(office: serving.Office) -> None:
    await _entries(office, 5)
    auditor = await office.visitor_as("auditor")
    assert (await audit.head()).mac in (await auditor.get("/audit")).text
    sound = await auditor.post("/audit/verify")
    assert "审计链完整" in sound.text and "共5条" in sound.text.replace('<span class="num">5</span>', "5")
    assert await AuditEntry.filter(action="audit_verified", role="auditor").count() == 1
    await execute("UPDATE survey_service_audit_entry SET object = 'other' WHERE seq = 3")
    broken = await auditor.post("/audit/verify")
    assert "第3条的内容被改动" in broken.text and "审计链完整。" not in broken.text


async def test_the_trail_is_read_in_chinese_with_local_time_and_people_by_name(office: serving.Office) -> None:
    await _entries(office, 1)
    auditor = await office.visitor_as("auditor")
    page = (await auditor.get("/audit")).text
    assert "放回个案" in page and "个案 case000000" in page and "编号：0" in page
    assert '<option value="case_released">放回个案</option>' in page
    row = page[page.index("放回个案", page.index("<tbody")) - 900 :]
    local, utc = re.search(r'title="UTC (\S+ \S+)">(\S+ \S+)</time>', row).groups()[::-1]  # type: ignore[union-attr]
    shift = dt.datetime.fromisoformat(local) - dt.datetime.fromisoformat(utc)
    assert shift == dt.timedelta(hours=8), "shown as Beijing time, with UTC beside it"
