"""Planning, opening and closing waves for the command line and the pages alike."""

import datetime as dt
import secrets
from dataclasses import dataclass

from analysis import planning, rounding
from callbacks.planning import plan_file, waves, work_calendar
from callbacks.planning.plan_file import Plan
from callbacks.planning.waves import Opened
from callbacks.rules.windows import shipped_windows
from questionnaires import versions
from questionnaires.errors import UnknownVersion
from questionnaires.facts import Fact
from survey_service.errors import BadInput
from survey_service.site import Site

LIKELY_RATES = (950, 930, 910)
SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One project of a plan, with what its sample can and cannot show."""

    code: str
    name: str
    population: int
    method: str
    sample: int
    precision: str
    chance: str
    why_no_list: str


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """The whole plan as `wave plan` prints it."""

    plan: Plan
    lines: tuple[PlanLine, ...]
    cases: int
    exact: bool
    warnings: tuple[str, ...]


METHODS = {"census": "全数回访", "random": "随机抽样"}


async def sheet(text: str, today: dt.date) -> PlanSheet:
    """What the plan would do, per project with its precision and the chance to prove the target; changes nothing."""
    plan = plan_file.read_plan(text)
    preview = await waves.preview(plan)
    calendar = await work_calendar.load()
    warnings = [warning for warning in (plan_file.approval_warning(plan),) if warning]
    if calendar.provisional_between(plan.starts, plan.ends):
        warnings.append("批次跨入还没有官方放假通知的年份，日期暂定，上传官方日历后自动重算。")
    if plan.ends < today:
        warnings.append("批次的结束日期已经过去。")
    lines = tuple(_line(row, plan.satisfaction_target) for row in preview.rows)
    return PlanSheet(plan, lines, preview.cases, preview.exact, tuple(warnings))


def _line(row: waves.PlanRow, target: int) -> PlanLine:
    if row.method is None:
        return PlanLine(row.code, row.name, row.population, "—", 0, "—", "—", row.why_no_list)
    half = planning.precision(row.sample, row.population, target / 1000)
    precision = f"±{half * 100:.1f}个百分点" if row.sample < row.population else "全部答复时无抽样误差"
    return PlanLine(
        row.code, row.name, row.population, METHODS[row.method.value], row.sample, precision, chance(row, target), ""
    )


def chance(row: waves.PlanRow, target: int) -> str:
    """ "若真实满意率93%，300份能证实的概率38%，需约741份" for the rate three points above the target."""
    rate = min(target + 30, 990)
    found = planning.chance_to_prove(row.sample, row.population, rate / 1000, target)
    needed = planning.answers_needed(row.population, rate / 1000, target=target)
    sentence = f"若真实满意率{rounding.target_text(rate)}%，{row.sample}份能证实的概率{found * 100:.0f}%"
    if needed is None:
        return sentence + "，全部问到也难以证实"
    return sentence + (f"，需约{needed}份（把握80%）" if needed > row.sample else "")


async def open_wave(site: Site, text: str, now: dt.datetime) -> tuple[Opened, Fact]:
    """Open the wave of a plan with a fresh seed, inside the caller's change."""
    plan = plan_file.read_plan(text)
    calendar = await work_calendar.load()
    phone = await _version(plan.phone_questionnaire)
    mobile = await _version(plan.mobile_questionnaire) if plan.mobile_questionnaire else None
    windows = shipped_windows(site.settings.zone)
    return await waves.open_wave(plan, secrets.token_hex(SEED_BYTES), now, calendar, windows, phone, mobile)


async def _version(key: str) -> int:
    try:
        return int((await versions.current(key)).id)
    except UnknownVersion as problem:
        raise BadInput(f"还没有发布问卷“{key}”，请先执行 survey-service questionnaire import") from problem
