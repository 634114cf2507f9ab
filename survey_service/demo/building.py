"""Builds the demonstration through the same actions that a real district uses; once, however often it is called."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

from callbacks import ticks
from callbacks.frame import importing
from callbacks.frame.files.columns import Kind
from callbacks.planning import plan_file, waves, work_calendar
from callbacks.rules.windows import shipped_windows
from questionnaires import library, statements, versions, xlsform
from questionnaires.facts import Fact
from survey_service import demo_clock
from survey_service.clock import real_now
from survey_service.demo import first_cases, people, practice
from survey_service.models import Setting
from survey_service.site import Site
from survey_service.trust import accounts
from survey_service.trust.audit import COMMAND
from survey_service.trust.viewer import Role

BUILT = "demo_built"
DATA = Path(__file__).parent / "data"
PROGRAMME = "YH2026"
WAVE = "YH2026-1"
WAVE_STARTS = dt.datetime(2026, 2, 24, 0, 30, tzinfo=dt.UTC)
PAID = dt.date(2026, 2, 24)
LATER_ROSTER = 45
Say = Callable[[str], None]

HINTS = {
    "YH01": "义务教育阶段的学生上学不交学杂费",
    "YH05": "企业新招的员工可以免费参加一次岗前培训",
    "YH07": "参加居民医保后看病住院可以按比例报销",
    "YH11": "参加居民养老保险的人满六十岁后每月能领养老金",
}
WITHOUT_LIST = {
    "YH03": "原文是3234个岗位，不是人数；须由人社部门提供在岗人员名册。",
    "YH08": "含多类服务对象，须按子项分别取得名单。",
    "YH10": "原文是2946人次；须由民政部门按人去重后提供名单。",
    "YH17": "原文没有人数；须由卫健部门提供发放名单。",
    "YH18": "原文是808人次；须由司法局按人去重后提供受援人名单。",
}
STAFF: tuple[tuple[str, str, Role, tuple[str, ...], str], ...] = (
    ("admin1", "管理员甲", Role.ADMIN, (), ""),
    ("admin2", "管理员乙", Role.ADMIN, (), ""),
    ("dudao1", "督导赵敏", Role.SUPERVISOR, (), ""),
    ("dudao2", "督导钱进", Role.SUPERVISOR, (), ""),
    ("huifang1", "回访员小陈", Role.AGENT, tuple(f"YHZ{n:02d}" for n in range(1, 8)), ""),
    ("huifang2", "回访员小李", Role.AGENT, tuple(f"YHZ{n:02d}" for n in range(8, 14)), ""),
    ("lingdao1", "分管副区长", Role.OFFICIAL, (), ""),
    ("lingdao2", "督查室主任", Role.OFFICIAL, (), ""),
    ("shenji1", "审计员甲", Role.AUDITOR, (), ""),
    ("shenji2", "审计员乙", Role.AUDITOR, (), ""),
    ("jiedao1", "城东街道联络员", Role.STREET, ("YHZ01",), ""),
    ("jiedao2", "三里街街道联络员", Role.STREET, ("YHZ02",), ""),
    ("bumen1", "人社局联络员", Role.DEPARTMENT, (), "人力资源和社会保障局(演示)"),
    ("bumen2", "民政局联络员", Role.DEPARTMENT, (), "民政局(演示)"),
)
PLAN = f"""
code = "{WAVE}"
title = "2026年第一批民生工程回访（演示）"
programme = "{PROGRAMME}"
measurement_role = "service"
starts = 2026-02-24
ends = 2026-04-10
phone_questionnaire = "phone"
mobile_questionnaire = "mobile"
issuer = "瑶海区民生办（演示）"
"""


async def built() -> bool:
    """Whether this database holds the demonstration already."""
    return await Setting.filter(name=BUILT).exists()


async def build(site: Site, scale: str, say: Say) -> None:
    """Everything, in the order of a real first wave."""
    if await built():
        return
    say("导入片区、项目、问卷、账号")
    await _places(site)
    await _staff(site)
    for code in people.COUNTS:
        say(f"导入名单 {code}（{people.COUNTS[code][1 if scale == 'district' else 0]}人）")
        await _roster(site, code, list(people.roster(code, await _zone_names(), scale)), f"{code}.csv", WAVE_STARTS)
    say("开始批次，抽样")
    await _open(site)
    await practice.run(site, WAVE, say)
    say("导入一批新发放的名单，安排到期回访")
    await _paid_later(site)
    await first_cases.prepare(site, WAVE, demo_clock.START)
    async with site.ledger.change(COMMAND) as change:
        await demo_clock.store(demo_clock.START)
        await Setting.create(name=BUILT, value=scale, changed_at=real_now())
        change.record(Fact("demo_built", PROGRAMME, {"scale": scale}))


async def _places(site: Site) -> None:
    async with site.ledger.change(COMMAND) as change:
        for definition in xlsform.read_folder(library.folder()):
            change.record((await versions.publish(definition, real_now()))[1])
    await _import(site, Kind.ZONES, (DATA / "zones.csv").read_bytes(), "zones.csv")
    await _import(site, Kind.PROJECTS, (DATA / "projects.csv").read_bytes(), "projects.csv", programme=PROGRAMME)
    async with site.ledger.change(COMMAND) as change:
        await statements.execute("UPDATE callbacks_project SET demo = TRUE")
        for code, hint in HINTS.items():
            await statements.execute("UPDATE callbacks_project SET hint = $1 WHERE code = $2", hint, code)
        for code, note in WITHOUT_LIST.items():
            await statements.execute("UPDATE callbacks_project SET note = $1 WHERE code = $2", note, code)
        change.record(Fact("demo_projects_described", PROGRAMME))


async def _staff(site: Site) -> None:
    async with site.ledger.change(COMMAND) as change:
        for name, display, role, zones, department in STAFF:
            _, fact = await accounts.add(
                name, role, real_now(), display_name=display, zone_codes=zones, department_code=department,
                senior=name == "huifang1", demo=True,
            )  # fmt: skip
            change.record(fact)


async def _zone_names() -> list[str]:
    return [row["name"] for row in await statements.rows("SELECT name FROM callbacks_zone ORDER BY position, id")]


async def _import(site: Site, kind: Kind, body: bytes, name: str, *, project: str | None = None, programme: str | None = None,
                  at: dt.datetime | None = None) -> None:  # fmt: skip
    today = (at or site.clock.now()).astimezone(site.settings.zone).date()
    report = await importing.check_file(
        kind, body, today=today, project_code=project, programme=programme, file_name=name
    )
    async with site.ledger.change(COMMAND) as change:
        _, fact = await importing.apply_report(report, now=at or change.now, sealer=site.keyring)
        change.record(fact)


async def _roster(site: Site, project: str, rows: list[tuple[str, ...]], name: str, at: dt.datetime) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    await _import(site, Kind.ROSTER, out.getvalue().encode("utf-8-sig"), name, project=project, at=at)


async def _open(site: Site) -> None:
    calendar, windows = await work_calendar.load(), shipped_windows(site.settings.zone)
    async with site.ledger.change(COMMAND) as change:
        phone, mobile = await versions.current("phone"), await versions.current("mobile")
        # a fixed seed; references are random, so that figures still differ a little from build to build
        seed = f"demonstration-{people.SEED}"
        plan = plan_file.read_plan(PLAN)
        _, fact = await waves.open_wave(plan, seed, WAVE_STARTS, calendar, windows, phone.id, mobile.id)
        change.record(fact)


async def _paid_later(site: Site) -> None:
    """People who were paid after the wave had begun: their follow-up callbacks fall due by themselves."""
    zones = await _zone_names()
    header, *rows = people.roster("YH11", zones, "small")
    later = [(*row, PAID.isoformat()) for row in rows[:LATER_ROSTER]]
    renumbered = [
        (f"YHQ{place:06d}", row[1], row[2], row[3], f"14099{place:06d}", *row[5:]) for place, row in enumerate(later)
    ]
    await _roster(site, "YH11", [(*header, "发放日期"), *renumbered], "YH11-2.csv", demo_clock.START)
    calendar, windows = await work_calendar.load(), shipped_windows(site.settings.zone)
    async with site.ledger.change(COMMAND) as change:
        change.record(Fact("step_begun", "demo", chained=False), *await ticks.tick(demo_clock.START, calendar, windows))
