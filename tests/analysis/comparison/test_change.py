"""A change between waves in which some people were asked twice."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison.change import Direction, WaveRows, change, judged, wald_interval
from analysis.comparison.comparability import Basis, Obstacle, counted, mode_shift, obstacles
from analysis.errors import (
    CountsOutOfRange,
    LengthsDiffer,
    LevelOutOfRange,
    TooFewGroups,
    WeightNegative,
    WeightNotFinite,
)
from analysis.hypergeometric import exact_interval
from analysis.intervals import Interval

Row = tuple[int, bool, bool]


def _wave(rows: list[Row], weight: float = 1.0) -> WaveRows:
    people, valid, satisfied = ([row[i] for row in rows] for i in range(3))
    return WaveRows(people, [0] * len(rows), [weight] * len(rows), valid, satisfied)  # type: ignore[arg-type]


ROWS = st.dictionaries(st.integers(0, 40), st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=30)
ANSWERED = ROWS.filter(lambda rows: any(valid for valid, _ in rows.values()))


def _rows(drawn: dict[int, tuple[bool, bool]]) -> list[Row]:
    return [(person, *answers) for person, answers in drawn.items()]


@given(ANSWERED, ANSWERED)
def test_going_back_in_time_turns_the_sign_and_nothing_else(
    first: dict[int, tuple[bool, bool]], second: dict[int, tuple[bool, bool]]
) -> None:
    there, back = change(_wave(_rows(first)), _wave(_rows(second))), change(_wave(_rows(second)), _wave(_rows(first)))
    assert there.difference == -back.difference
    assert there.se == pytest.approx(back.se)
    assert (there.df, there.both) == (back.df, back.both)
    assert -1 <= there.correlation <= 1


@given(ANSWERED, ANSWERED, st.randoms())
def test_the_order_of_the_rows_does_not_matter(
    first: dict[int, tuple[bool, bool]], second: dict[int, tuple[bool, bool]], random: object
) -> None:
    mixed = _rows(first)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    straight, shuffled = change(_wave(_rows(first)), _wave(_rows(second))), change(_wave(mixed), _wave(_rows(second)))
    assert shuffled.se == pytest.approx(straight.se, abs=1e-15)
    assert shuffled.difference == pytest.approx(straight.difference, abs=1e-15)


def test_the_same_people_with_the_same_answers_have_not_changed_at_all() -> None:
    rows = [(i, True, i % 4 != 0) for i in range(60)]
    found = change(_wave(rows), _wave(rows))
    assert found.difference == 0 and found.se == pytest.approx(0) and found.both == 60
    assert found.se_if_independent > 0.07


def test_strangers_are_independent() -> None:
    first = [(i, True, i % 4 != 0) for i in range(60)]
    second = [(i, True, i % 3 != 0) for i in range(100, 190)]
    found = change(_wave(first), _wave(second))
    assert found.both == 0
    assert found.se == pytest.approx(found.se_if_independent, rel=1e-12)


def test_a_fully_asked_list_has_no_sampling_error_and_a_small_list_less() -> None:
    rows = [(i, True, i % 4 != 0) for i in range(40)]
    later = [(i, True, i % 5 != 0) for i in range(40)]
    assert change(_wave(rows), _wave(later), {0: 40}).se == pytest.approx(0)
    endless, listed = change(_wave(rows), _wave(later)), change(_wave(rows), _wave(later), {0: 60})
    assert listed.se == pytest.approx(endless.se * math.sqrt(1 - 40 / 60))
    with pytest.raises(CountsOutOfRange):
        change(_wave(rows), _wave(later), {0: 39})


def test_strangers_from_one_list_are_counted_carefully() -> None:
    """Two samples of 40 of 80, nobody twice: never less variance than the true answers of Tam's formula allow."""
    first = [(i, True, i % 4 != 0) for i in range(40)]
    second = [(i, True, i % 5 != 0) for i in range(40, 80)]
    endless, listed = change(_wave(first), _wave(second)), change(_wave(first), _wave(second), {0: 80})
    separate = math.sqrt(0.5) * endless.se_if_independent
    assert separate < listed.se <= endless.se_if_independent * 1.000001


def test_two_overlapping_samples_of_a_list_are_covered_as_often_as_claimed() -> None:
    """List of 400, 150 asked in each wave, 90 of them twice; the printed interval must hold the true change."""
    random = np.random.default_rng(3)
    truth = random.random((2, 400)) < np.array([[0.85], [0.91]])
    truth[1] |= truth[0] & (random.random(400) < 0.8)
    goal = truth[1].mean() - truth[0].mean()
    held = 0
    for _ in range(300):
        order = random.permutation(400)
        asked = order[:150], order[60:210]
        waves = [_wave([(int(i), True, bool(truth[w, i])) for i in asked[w]]) for w in (0, 1)]
        printed = [exact_interval(int(truth[w, asked[w]].sum()), 150, 400).interval for w in (0, 1)]
        interval = judged(change(waves[0], waves[1], {0: 400}), printed[0], printed[1]).interval
        held += interval.low <= goal <= interval.high
    assert held / 300 >= 0.94


def test_one_wave_alone_has_the_error_of_a_simple_sample() -> None:
    rows = [(i, True, i % 4 != 0) for i in range(60)]
    found = change(_wave(rows), _wave(rows), {0: 200})
    assert found.se_before == pytest.approx(math.sqrt(0.75 * 0.25 / 59 * (1 - 60 / 200)))


def test_partly_the_same_people_of_a_short_list_have_the_error_that_drawing_shows() -> None:
    """List of 60, 40 asked first, then 15 of them and 15 others: mean estimated variance beside the true one."""
    random = np.random.default_rng(12)
    truth = random.random((2, 60)) < np.array([[0.7], [0.75]])
    truth[1] |= truth[0] & (random.random(60) < 0.9)
    differences, variances = [], []
    for _ in range(1500):
        order = random.permutation(60)
        asked = order[:40], order[25:55]
        waves = [_wave([(int(i), True, bool(truth[w, i])) for i in asked[w]]) for w in (0, 1)]
        found = change(waves[0], waves[1], {0: 60})
        differences.append(found.difference)
        variances.append(found.se**2)
    assert np.mean(variances) == pytest.approx(np.var(differences), rel=0.1)


def test_asking_the_same_people_again_makes_the_interval_of_the_change_shorter() -> None:
    first, printed = [(i, True, i % 5 != 0) for i in range(100)], Interval(0.71, 0.87)
    again = judged(change(_wave(first), _wave(first)), printed, printed)
    others = judged(change(_wave(first), _wave([(i + 500, *rest) for i, *rest in first])), printed, printed)  # type: ignore[list-item]
    assert again.interval.width < 0.5 * others.interval.width


def test_everybody_satisfied_twice_is_no_proof_of_no_change() -> None:
    rows = [(i, True, True) for i in range(30)]
    found = change(_wave(rows), _wave(rows))
    plain = wald_interval(found)
    assert plain is not None and plain.width == 0
    printed = exact_interval(30, 30, 300).interval
    assert judged(found, printed, printed).interval.width > 0.15


def test_a_change_is_told_in_percentage_points_and_only_when_it_is_one() -> None:
    found = change(
        _wave([(i, True, i >= 30) for i in range(100)]), _wave([(i, True, i >= 110) for i in range(100, 200)])
    )
    risen = judged(found, Interval(0.6, 0.78), Interval(0.83, 0.95))
    assert risen.direction is Direction.risen
    assert risen.sentence.startswith("比上次提高20.0个百分点") and "%" not in risen.sentence
    fallen = judged(replace(found, before=0.9, after=0.7), Interval(0.83, 0.95), Interval(0.6, 0.78))
    assert fallen.direction is Direction.fallen and "下降20.0个百分点" in fallen.sentence
    unclear = judged(replace(found, before=0.89), Interval(0.8, 0.95), Interval(0.83, 0.95))
    assert unclear.direction is Direction.unclear and "不显著" in unclear.sentence


def test_rows_that_cannot_be_are_refused() -> None:
    with pytest.raises(LengthsDiffer):
        WaveRows([1, 2], [0], [1.0, 1.0], [True, True], [True, True])
    with pytest.raises(WeightNegative):
        WaveRows([1], [0], [-1.0], [True], [True])
    for weight in (math.nan, math.inf):
        with pytest.raises(WeightNotFinite):
            WaveRows([1], [0], [weight], [True], [True])
    some, none = _wave([(1, True, True), (2, True, False)]), _wave([(1, False, False)])
    with pytest.raises(TooFewGroups):
        change(some, none)
    with pytest.raises(TooFewGroups):
        change(WaveRows([], [], [], [], []), some)
    with pytest.raises(LevelOutOfRange):
        wald_interval(change(some, some), 0.0)
    assert wald_interval(change(_wave([(1, True, True)]), _wave([(1, True, True)]))) is None


BASIS = Basis("M01@1", "a5f0", "2026", {"phone": 80, "mobile": 20})


def test_equal_foundations_may_be_compared_and_small_shifts_of_mode_too() -> None:
    assert obstacles(BASIS, BASIS) == ()
    assert obstacles(BASIS, replace(BASIS, modes={"phone": 140, "mobile": 60})) == ()
    assert mode_shift(BASIS, replace(BASIS, modes={"household": 5})) == 1


@pytest.mark.parametrize(
    ("after", "obstacle"),
    [
        (replace(BASIS, definition="M03@1"), Obstacle.definition),
        (replace(BASIS, wording="b001"), Obstacle.wording),
        (replace(BASIS, prompted=True), Obstacle.prompting),
        (replace(BASIS, frame="2027"), Obstacle.frame),
        (replace(BASIS, modes={"phone": 60, "mobile": 40}), Obstacle.mode),
        (replace(BASIS, modes={}), Obstacle.no_answers),
    ],
)
def test_each_difference_refuses_with_its_own_reason(after: Basis, obstacle: Obstacle) -> None:
    assert obstacles(BASIS, after) == (obstacle,)
    assert obstacle.sentence.endswith("不能相减。")


def test_reasons_are_all_told_and_counted() -> None:
    twice = obstacles(BASIS, replace(BASIS, wording="x", frame="y"))
    assert twice == (Obstacle.wording, Obstacle.frame)
    found = counted([twice, (Obstacle.frame,), ()])
    assert (found[Obstacle.frame], found[Obstacle.wording], found[Obstacle.mode]) == (2, 1, 0)
    assert obstacles(BASIS, replace(BASIS, modes={"phone": 60, "mobile": 40}), Fraction(1, 2)) == ()
    with pytest.raises(CountsOutOfRange):
        replace(BASIS, modes={"phone": -1})
