"""The path: the published vectors, and what must hold for any answers."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.definition import Definition, ItemType
from questionnaires.errors import ItemFailed
from questionnaires.logic import counted, path, state
from questionnaires.scoring import metric_rows
from questionnaires.validation import unanswered
from tests.questionnaires.forms import SHIPPED, small

VECTORS = Path(__file__).parents[1] / "golden" / "routing_vectors.csv"
GIVEN = re.compile(r"(\w+)=([^=]*?)(?=\s+\w+=|$)")


def vectors() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def split(definition: Definition, given: str) -> tuple[dict[str, str], dict[str, str]]:
    values = dict(GIVEN.findall(given))
    hidden = {item.name for item in definition.items if item.type is ItemType.HIDDEN}
    context = {name: value for name, value in values.items() if name in hidden}
    return context, {name: value for name, value in values.items() if name not in hidden}


def test_there_are_vectors_for_every_form() -> None:
    assert {row["form"] for row in vectors()} == set(SHIPPED)
    assert len(vectors()) == 21


@pytest.mark.parametrize("row", vectors(), ids=lambda row: row["scenario"])
def test_a_respondent_meets_exactly_the_items_of_the_vector(row: dict[str, str]) -> None:
    definition = SHIPPED[row["form"]]
    context, answers = split(definition, row["given"])
    assert " ".join(path(definition, context, answers)) == row["visible_items_in_order"]


def some_answers(definition: Definition) -> st.SearchStrategy[dict[str, str]]:
    closed = [item for item in definition.items if item.choices]
    fields = {item.name: st.sampled_from([choice.name for choice in item.choices]) for item in closed}
    # The opening questions are mostly answered so that the search reaches the body.
    opening = {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4", "v3": "1"}
    begun = {name: value for name, value in opening.items() if name in fields}
    return st.builds(
        lambda base, more: {**base, **more}, st.sampled_from([begun, {}]), st.fixed_dictionaries({}, optional=fields)
    )


CONTEXTS = st.fixed_dictionaries(
    {},
    optional={
        "p_class": st.sampled_from(["subsidy", "construction", "insurance", "service", "governance", "training"]),
        "is_minor": st.sampled_from(["1", "0"]),
        "p_hint": st.sampled_from(["", "一句话说明"]),
        "recording": st.sampled_from(["", "0", "1"]),
    },
)
FORMS = st.sampled_from(sorted(SHIPPED))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_path_so_far_does_not_change_when_its_last_question_is_answered(data: st.DataObject) -> None:
    definition = SHIPPED[data.draw(FORMS)]
    context, answers = data.draw(CONTEXTS), data.draw(some_answers(definition))
    before = path(definition, context, answers)
    chosen = data.draw(st.sampled_from(before))
    item = definition.item(chosen)
    assert item is not None
    value = data.draw(st.sampled_from([choice.name for choice in item.choices] or ["1"]))
    after = path(definition, context, {**answers, chosen: value})
    at = before.index(chosen)
    assert after[: at + 1] == before[: at + 1]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_answers_off_the_path_count_for_nothing(data: st.DataObject) -> None:
    definition = SHIPPED[data.draw(FORMS)]
    context, answers = data.draw(CONTEXTS), data.draw(some_answers(definition))
    met = path(definition, context, answers)
    without = {name: value for name, value in answers.items() if name in met}
    assert path(definition, context, without) == met
    assert counted(definition, context, answers) == without
    assert metric_rows(definition, context, without) == metric_rows(definition, context, answers)
    assert unanswered(definition, context, without) == unanswered(definition, context, answers)


def test_a_changed_answer_takes_what_hung_on_it_out_of_the_count() -> None:
    phone = SHIPPED["phone"]
    answers = {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4", "a1": "3", "b1": "1", "c1": "1", "e1": "1"}
    assert "e1" in counted(phone, {}, answers)
    assert "e1" not in counted(phone, {}, answers | {"c1": "5"})


def test_a_calculation_follows_the_answers(tmp_path: Path) -> None:
    survey = (
        "type,name,label,required,relevant,calculation\ninteger,n,几个,yes,,\ncalculate,twice,,,,${n}*2\n"
        "note,many,很多,,${twice}>10,\n"
    )
    form = small(tmp_path, survey)
    assert path(form, {}, {"n": "5"}) == ("n",)
    assert path(form, {}, {"n": "6"}) == ("n", "many")
    assert state(form, {}, {"n": "6"}).values["twice"] == "12"


def test_a_condition_may_look_ahead(tmp_path: Path) -> None:
    survey = "type,name,label,relevant\nnote,first,先看,${later}=1\nselect_one yesno,later,后问,\n"
    form = small(tmp_path, survey)
    assert path(form, {}, {"later": "1"}) == ("first", "later")


def test_a_failing_condition_stops_and_names_its_item(tmp_path: Path) -> None:
    survey = "type,name,label,relevant\ntext,words,说,\nnote,shown,看,\"concat(${words},${words})!=''\"\n"
    form = small(tmp_path, survey)
    with pytest.raises(ItemFailed) as failed:
        path(form, {}, {"words": "长" * 6_000})
    assert failed.value.item == "shown"
    assert "长长" not in str(failed.value)
