"""Weights for the unanswered, propensities and the R-indicator."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import (
    CollinearColumns,
    LengthsDiffer,
    ResponseSeparated,
    TooFewGroups,
    ValueRefused,
    WeightNegative,
    WeightNotFinite,
)
from analysis.nonresponse.propensity import classes, partial_indicator, propensities, representativity
from analysis.nonresponse.weighting_classes import SampledPeople, Why, kish_deff, weighting_classes

OUTCOMES = ("I", "I", "I", "P", "R", "NC", "O", "UH", "UO", "NE")
Row = tuple[str, float, str]
ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from((0.5, 1.0, 2.5)), st.sampled_from(OUTCOMES)),
    min_size=1,
    max_size=120,
).filter(lambda rows: any(outcome == "I" for _, _, outcome in rows))


def _people(rows: list[Row]) -> SampledPeople:
    return SampledPeople(*[list(column) for column in zip(*rows, strict=True)])  # type: ignore[arg-type]


@given(ROWS)
def test_the_answered_stand_for_everybody_eligible(rows: list[Row]) -> None:
    """With e of each final class, raised weights add up to eligible + e unknown of the classes that have answers."""
    found = weighting_classes(_people(rows), fewest=1, largest=1e9)
    for one in found.classes:
        ours = [row for row in rows if row[0] in one.labels]
        eligible = sum(weight for _, weight, outcome in ours if outcome in {"I", "P", "R", "NC", "O"})
        unknown = sum(weight for _, weight, outcome in ours if outcome in {"UH", "UO"})
        raised = sum(w for w, row in zip(found.weights, rows, strict=True) if row[0] in one.labels)
        assert raised == pytest.approx(eligible + one.eligibility * unknown)
    assert all((w > 0) == (row[2] == "I") for w, row in zip(found.weights, rows, strict=True))
    assert found.kish_deff >= 1 - 1e-12


@given(ROWS, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows: list[Row], random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, shuffled = weighting_classes(_people(rows)), weighting_classes(_people([rows[i] for i in order]))
    assert shuffled.classes == straight.classes
    assert shuffled.weights == tuple(straight.weights[i] for i in order)


@given(ROWS)
def test_final_classes_are_large_enough_or_there_is_only_one_left(rows: list[Row]) -> None:
    found = weighting_classes(_people(rows))
    if len(found.classes) > 1:
        assert all(one.respondents >= 20 and one.factor <= 3 for one in found.classes)
        assert found.unsettled == ()


def test_a_small_class_joins_its_smaller_neighbour_and_says_why() -> None:
    rows = [("a", 1.0, "I")] * 40 + [("b", 1.0, "I")] * 5 + [("b", 1.0, "R")] * 3 + [("c", 1.0, "I")] * 30
    found = weighting_classes(_people(rows))
    assert [one.labels for one in found.classes] == [("a",), ("b", "c")]
    assert found.classes[1].joined == (Why.few_respondents,)
    assert found.classes[1].joined[0].sentence.startswith("这一类")
    ordered = weighting_classes(_people(rows), order=("b", "a", "c"))
    assert [one.labels for one in ordered.classes] == [("b", "a"), ("c",)]


def test_a_badly_answered_class_is_joined_too_and_the_last_one_left_says_what_is_wrong() -> None:
    rows = [("a", 1.0, "I")] * 25 + [("a", 1.0, "NC")] * 60 + [("b", 1.0, "I")] * 50
    found = weighting_classes(_people(rows))
    assert [one.labels for one in found.classes] == [("a", "b")]
    assert found.classes[0].joined == (Why.large_factor,) and found.unsettled == ()
    lone = weighting_classes(_people([("a", 1.0, "I")] * 3 + [("a", 1.0, "R")] * 9))
    assert lone.unsettled == (Why.few_respondents, Why.large_factor)


def test_samples_that_cannot_be_weighted_are_refused() -> None:
    with pytest.raises(TooFewGroups):
        weighting_classes(_people([("a", 1.0, "R")]))
    with pytest.raises(TooFewGroups):
        weighting_classes(SampledPeople([], [], []))
    with pytest.raises(LengthsDiffer):
        SampledPeople(["a"], [1.0], [])
    with pytest.raises(WeightNegative):
        _people([("a", -1.0, "I")])
    with pytest.raises(WeightNotFinite):
        _people([("a", math.nan, "I")])
    with pytest.raises(ValueRefused):
        weighting_classes(_people([("a", 1.0, "I")]), order=("b",))
    assert kish_deff([]) == 1.0


def _drawn(rows: int, seed: int) -> tuple[list[bool], list[list[float]]]:
    random = np.random.default_rng(seed)
    age, sex = random.integers(0, 4, rows), random.integers(0, 2, rows)
    share = 1 / (1 + np.exp(-(-0.4 + 0.5 * age - 0.3 * sex)))
    return (random.random(rows) < share).tolist(), [age.astype(float).tolist(), sex.astype(float).tolist()]


def test_propensities_find_the_coefficients_they_were_made_with() -> None:
    answered, columns = _drawn(20_000, 4)
    found = propensities(answered, columns)
    assert found.beta == pytest.approx((-0.4, 0.5, -0.3), abs=0.08)
    assert sum(found.shares) == pytest.approx(sum(answered))
    weighted = propensities(answered, columns, [2.0] * len(answered))
    assert weighted.beta == pytest.approx(found.beta, rel=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.randoms())
def test_fifths_never_part_equally_likely_people(seed: int, random: object) -> None:
    answered, columns = _drawn(200, seed)
    shares = list(propensities(answered, columns).shares)
    labels = classes(shares)
    assert set(labels) <= set("12345")
    pairs = sorted(zip(shares, labels, strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(pairs))
    order = list(range(200))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert classes([shares[i] for i in order]) == tuple(labels[i] for i in order)


def test_a_column_that_tells_who_answered_is_named() -> None:
    answered = [i % 2 == 0 for i in range(80)]
    with pytest.raises(ResponseSeparated) as separated:
        propensities(answered, [[float(i % 3) for i in range(80)], [float(one) for one in answered]])
    assert separated.value.column == 2
    with pytest.raises(CollinearColumns):
        propensities(answered, [[1.0] * 80])
    with pytest.raises(TooFewGroups):
        propensities([True] * 5, [])
    with pytest.raises(LengthsDiffer):
        propensities([True, False], [[1.0]])
    with pytest.raises(LengthsDiffer):
        propensities([True, False], [], [1.0])
    with pytest.raises(ValueRefused):
        propensities([True, False, True], [[1.0, math.nan, 2.0]])
    with pytest.raises(ValueRefused):
        propensities([True, False], [], [1.0, 0.0])


def test_equal_response_is_representative_and_the_worst_is_not() -> None:
    assert representativity([0.6] * 50).indicator == pytest.approx(1)
    half = representativity([0.0, 1.0] * 500)
    assert half.indicator == pytest.approx(0, abs=0.01) and half.worst_bias == pytest.approx(0.5, abs=0.01)
    assert "代表性指标为1.00" in representativity([0.6] * 50).sentence
    assert representativity([0.0, 0.0]).worst_bias == 1.0
    for shares, weights, error in (
        ([0.5], [], TooFewGroups),
        ([0.5, 1.2], [], ValueRefused),
        ([0.5, 0.6], [1.0], LengthsDiffer),
        ([0.5, 0.6], [1.0, 0.0], ValueRefused),
    ):
        with pytest.raises(error):
            representativity(shares, weights)


def test_the_partial_indicator_is_the_spread_of_the_categories_response() -> None:
    labels, answered = ["m"] * 50 + ["f"] * 50, [True] * 40 + [False] * 10 + [True] * 20 + [False] * 30
    assert partial_indicator(labels, answered) == pytest.approx(0.2)
    assert partial_indicator(["x"] * 4, [True, False, True, False]) == 0
    with pytest.raises(LengthsDiffer):
        partial_indicator(["x"], [])
    with pytest.raises(TooFewGroups):
        partial_indicator([], [])


def test_weighting_by_fifths_removes_the_bias_that_unequal_response_brought() -> None:
    random = np.random.default_rng(9)
    age = random.integers(0, 4, 30_000)
    satisfied = random.random(30_000) < 0.95 - 0.1 * age
    answered = random.random(30_000) < 0.25 + 0.18 * age
    shares = propensities(answered.tolist(), [(age == k).astype(float).tolist() for k in (1, 2, 3)]).shares
    outcomes = ["I" if one else "NC" for one in answered]
    found = weighting_classes(SampledPeople(classes(shares), [1.0] * 30_000, outcomes), largest=5)
    raised = float(np.average(satisfied, weights=found.weights))
    assert abs(raised - satisfied.mean()) < 0.008
    assert satisfied[answered].mean() < satisfied.mean() - 0.03
