"""Reading a PLAN.toml."""

import datetime as dt

import pytest

from callbacks.errors import PlanRefused
from callbacks.planning.plan_file import Plan, ProjectPlan, Role, approval_warning, read_plan

GOOD = """
code = "2026-S1"
title = "上半年满意度"
programme = "YH-2026"
measurement_role = "assessment"
starts = 2026-03-01
ends = 2026-03-31
phone_questionnaire = "phone"
satisfaction_target = 90.5
weekends = false

[[project]]
code = "A"
sample = "all"

[[project]]
code = "B"
sample = 300
max_attempts = 5
"""


def test_a_good_plan_is_read_whole() -> None:
    plan = read_plan(GOOD)
    assert isinstance(plan, Plan)
    assert (plan.measurement_role, plan.starts, plan.satisfaction_target) == (Role.ASSESSMENT, dt.date(2026, 3, 1), 905)
    assert plan.projects == (ProjectPlan("A", 0, None), ProjectPlan("B", 300, 5))
    assert not plan.weekends and plan.allow_links


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('title = "上半年满意度"', "", "title"),
        ('"assessment"', '"exam"', "measurement_role"),
        ("starts = 2026-03-01", 'starts = "2026-03-01"', "starts"),
        ("ends = 2026-03-31", "ends = 2026-02-01", "ends"),
        ("90.5", "90.55", "一位小数"),
        ("90.5", "9", "satisfaction_target"),
        ("weekends = false", 'weekends = "no"', "weekends"),
        ("weekends = false", "weekend = false", "weekend"),
        ("sample = 300", "sample = 0", "sample"),
        ('code = "B"', 'code = "A"', "不止一次"),
        ("max_attempts = 5", "max_attempts = 500", "max_attempts"),
        ('code = "2026-S1"', 'code = "a b"', "code"),
    ],
)
def test_each_mistake_is_one_chinese_sentence(old: str, new: str, word: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan(GOOD.replace(old, new))
    (sentence,) = refused.value.sentences
    assert word in sentence and sentence.endswith("。")


def test_a_file_that_is_not_toml_is_said_so() -> None:
    with pytest.raises(PlanRefused, match="TOML"):
        read_plan("code =")


def test_a_statistical_survey_without_approval_is_announced() -> None:
    plan = read_plan(GOOD.replace("assessment", "statistical"))
    assert approval_warning(plan) == "统计性质的调查没有批准文号，问卷头会注明。"
    assert approval_warning(read_plan(GOOD)) is None
