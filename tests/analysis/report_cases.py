"""A small district made by hand, for the tests of the report: real kinds of result, invented people."""

from datetime import date, datetime, timedelta, timezone

from analysis.reporting.report_input import (
    CallCounts,
    FrameKind,
    OutcomeCount,
    ProjectFrame,
    ReportInput,
    VoidReason,
    WaveFacts,
)
from analysis.tallies import Cell

SHANGHAI = timezone(timedelta(hours=8))


def wave(**changes: object) -> WaveFacts:
    facts: dict[str, object] = {
        "code": "2026H1",
        "title": "2026年上半年民生工程社情民意回访",
        "role": "assessment",
        "starts": date(2026, 3, 5),
        "ends": date(2026, 4, 30),
        "as_of": datetime(2026, 4, 9, 9, 5, tzinfo=SHANGHAI),
        "issuer": "瑶海区民生工作办公室",
        "seed": "7f3a",
        "frame_digest": "sha256:00ff",
        "district": "合肥市瑶海区",
        "frame_date": date(2026, 2, 28),
    }
    return WaveFacts(**(facts | changes))  # type: ignore[arg-type]


def project(code: str, name: str, population: int | None, drawn: int, **changes: object) -> ProjectFrame:
    facts: dict[str, object] = {
        "code": code,
        "name": name,
        "public_name": name,
        "project_class": "subsidy",
        "lead_department": "区民政局",
        "population": population,
        "drawn": drawn,
    }
    return ProjectFrame(**(facts | changes))  # type: ignore[arg-type]


def answers(
    project_code: str, zone: str, levels: tuple[int, int, int, int, int], dont_know: int = 0, **changes: object
) -> list[Cell]:
    """Submissions with c1 (best first) and everything else in step: aware, prompted, district question."""
    n = sum(levels) + dont_know
    common: dict[str, object] = {
        "project": project_code,
        "zone": zone,
        "mode": "phone",
        "proxy": "self",
        "coached": False,
    } | changes
    counts = {("submission", "1"): n, ("c1", "98"): dont_know, ("a1", "3"): n - n // 10, ("a1", "1"): n // 10}
    counts |= {("m35", "1"): n - n // 10, ("m35", "0"): n // 10, ("b1", "1"): n, ("u1", "2"): n}
    counts |= {("c1", code): one for code, one in zip("54321", levels, strict=True)}
    counts |= {("g1", code): one for code, one in zip("54321", levels, strict=True)}
    counts[("d1", "4")] = levels[3] + levels[4]
    return [Cell(item=item, code=code, n=n, **common) for (item, code), n in counts.items() if n]  # type: ignore[arg-type]


ZONES = (("Z1", "城东街道"), ("Z2", "三里街街道"), ("Z3", "大兴镇"))

PROJECTS = (
    project("P1", "城乡居民基本医疗保险", 188000, 600, project_class="insurance", lead_department="区医保局"),
    project("P2", "残疾人生活和护理补贴", 5325, 400, sensitive=True, lead_department="区残联"),
    project("P3", "棚户区改造", 3034, 300, project_class="construction", lead_department="区住建局"),
    project("P4", "农村五保集中供养", 29, 29, census=True, tried_all=True),
    project("P5", "孤儿救助", 17, 17, census=True, tried_all=True, sensitive=True),
    project(
        "P6", "公共卫生服务", None, 0, frame_kind=FrameKind.NONE, why_no_list="按子项另取名单,目前没有受益人名单。"
    ),
)


def cells() -> list[Cell]:
    return [
        *answers("P1", "Z1", (80, 60, 40, 2, 1), 3),
        *answers("P1", "Z2", (70, 60, 45, 8, 2), 4),
        *answers("P1", "Z3", (50, 50, 20, 4, 4), 0, mode="mobile"),
        *answers("P2", "Z1", (40, 30, 20, 0, 1), 1),
        *answers("P2", "Z2", (40, 30, 20, 6, 1), 1, proxy="guardian"),
        *answers("P3", "Z1", (20, 30, 20, 8, 4)),
        *answers("P3", "Z2", (20, 20, 20, 10, 6)),
        *answers("P3", "Z2", (1, 1, 0, 0, 0), coached=True),
        *answers("P3", "Z2", (6, 0, 0, 0, 0), proxy="staff"),
        *answers("P3", "Z2", (5, 0, 0, 0, 0), void=True),
        *answers("P4", "Z3", (20, 9, 0, 0, 0)),
        *answers("P5", "Z2", (3, 2, 1, 1, 0), proxy="guardian"),
    ]


def outcomes() -> tuple[OutcomeCount, ...]:
    rows = []
    for code, done, refused, silent in (("P1", 506, 20, 74), ("P2", 190, 30, 180), ("P3", 173, 40, 87)):
        rows.append(OutcomeCount(code, "Z1", "100", "接通完成", "I", done, True))
        rows.append(OutcomeCount(code, "Z1", "201", "接通拒访-硬拒", "R", refused, True))
        rows.append(OutcomeCount(code, "Z2", "310", "无人接听", "NC", silent))
    rows.append(OutcomeCount("P4", "Z3", "100", "接通完成", "I", 29, True))
    rows.append(OutcomeCount("P5", "Z2", "100", "接通完成", "I", 7, True))
    rows.append(OutcomeCount("P5", "Z2", "310", "无人接听", "NC", 10))
    return tuple(rows)


def given(**changes: object) -> ReportInput:
    facts: dict[str, object] = {
        "wave": wave(),
        "projects": PROJECTS,
        "cells": tuple(cells()),
        "outcomes": outcomes(),
        "calls": (CallCounts("P1", 3500, 1800, 1346, 1002),),
        "void_reasons": (VoidReason("未告知录音", 5),),
        "zones": ZONES,
        "departments": ("区民政局", "区残联", "区医保局", "区住建局"),
    }
    return ReportInput(**(facts | changes))  # type: ignore[arg-type]
