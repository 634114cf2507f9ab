"""The simple form for a wave writes the plan that the commands read, whatever is typed into it."""

import datetime as dt

import pytest

from callbacks.errors import PlanRefused
from callbacks.planning import plan_file
from survey_service.desks.plan_form import to_toml

GIVEN = {
    "code": "HF-1", "title": '三月"回访" \\ 第一批', "programme": "2026", "measurement_role": "service",
    "starts": "2026-03-02", "ends": "2026-03-31", "phone_questionnaire": "phone", "weekends": "yes",
}  # fmt: skip


def test_the_form_becomes_the_plan_it_says() -> None:
    plan = plan_file.read_plan(to_toml(GIVEN, ["P01", "P02"]))
    assert (plan.code, plan.title, plan.starts) == ("HF-1", GIVEN["title"], dt.date(2026, 3, 2))
    assert (plan.weekends, plan.allow_links) == (True, False)
    assert [project.code for project in plan.projects] == ["P01", "P02"]


@pytest.mark.parametrize("typed", ['"\nseed = "x', "]]\n[[project]]\ncode = 1", "\x7f\u2028", "'''"])
def test_nothing_typed_becomes_another_line_of_the_plan(typed: str) -> None:
    plan = plan_file.read_plan(to_toml(GIVEN | {"title": f"题{typed}目"}, ["P01"]))
    assert plan.title.startswith("题") and len(plan.projects) == 1


def test_a_day_or_share_that_is_none_is_refused_with_a_sentence() -> None:
    for wrong in ({"starts": "三月二日"}, {"satisfaction_target": "九成"}):
        with pytest.raises(PlanRefused) as refused:
            plan_file.read_plan(to_toml(GIVEN | wrong, ["P01"]))
        assert refused.value.sentences
