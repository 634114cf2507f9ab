"""Model estimates of small units: between the direct rate and the mean, and quiet where nothing can be seen."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison.shrinkage import beta_binomial
from analysis.comparison.small_areas import Method, fay_herriot, smoothed_variance
from analysis.errors import CollinearColumns, CountsOutOfRange, LengthsDiffer, TooFewGroups, ValueRefused

COUNTS = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 30)), min_size=2, max_size=15)


def _counts(drawn: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(x, x + rest) for x, rest in drawn]


@settings(max_examples=25)
@given(COUNTS.filter(lambda drawn: sum(1 for x, rest in drawn if x + rest) >= 2))
def test_a_shrunk_rate_lies_between_the_direct_rate_and_the_mean(drawn: list[tuple[int, int]]) -> None:
    counts = _counts(drawn)
    found = beta_binomial(counts)
    for (x, n), share in zip(counts, found.shares, strict=True):
        ends = sorted((x / n if n else found.mean, found.mean))
        assert ends[0] - 1e-12 <= share <= ends[1] + 1e-12


@settings(max_examples=25)
@given(COUNTS.filter(lambda drawn: sum(1 for x, rest in drawn if x + rest) >= 2), st.randoms())
def test_the_order_of_the_units_does_not_matter(drawn: list[tuple[int, int]], random: object) -> None:
    counts = _counts(drawn)
    order = list(range(len(counts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, shuffled = beta_binomial(counts), beta_binomial([counts[i] for i in order])
    assert shuffled.shares == tuple(straight.shares[i] for i in order)


def test_the_strength_found_is_the_most_likely_one() -> None:
    """Beta(18, 2) units of 60: the likelihood falls on both sides of what was found, and the truth is near."""
    random = np.random.default_rng(5)
    n = np.full(400, 60)
    x = random.binomial(n, random.beta(18, 2, 400))
    found = beta_binomial([(int(a), int(b)) for a, b in zip(x, n, strict=True)])
    assert found.mean == pytest.approx(0.9, abs=0.01)
    assert found.strength == pytest.approx(20, rel=0.25)


def test_units_that_do_not_differ_all_get_the_mean() -> None:
    assert beta_binomial([(45, 50)] * 6).strength is None
    assert beta_binomial([(50, 50), (20, 20)]) == beta_binomial([(50, 50), (20, 20)])
    assert beta_binomial([(50, 50), (20, 20)]).shares == (1.0, 1.0)
    assert beta_binomial([(0, 50), (0, 20)]).shares == (0.0, 0.0)


def test_too_few_or_impossible_counts_are_refused() -> None:
    with pytest.raises(TooFewGroups):
        beta_binomial([(5, 5), (0, 0)])
    with pytest.raises(CountsOutOfRange):
        beta_binomial([(6, 5), (1, 2)])


AREAS = st.lists(st.tuples(st.floats(0, 1), st.floats(1e-4, 0.05)), min_size=4, max_size=20)


@settings(max_examples=40)
@given(AREAS, st.sampled_from(Method))
def test_an_eblup_lies_between_the_direct_rate_and_the_prediction(
    areas: list[tuple[float, float]], method: Method
) -> None:
    y, v = [list(column) for column in zip(*areas, strict=True)]
    found = fay_herriot(y, v, (), method)
    for direct, eblup, weight in zip(y, found.eblup, found.weights, strict=True):
        ends = sorted((direct, found.beta[0]))
        assert ends[0] - 1e-9 <= eblup <= ends[1] + 1e-9
        assert 0 <= weight < 1
    assert found.sigma2 >= 0 and all(math.isfinite(value) for value in found.mse)


@settings(max_examples=40)
@given(AREAS, st.randoms())
def test_the_order_of_the_areas_does_not_matter(areas: list[tuple[float, float]], random: object) -> None:
    order = list(range(len(areas)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight = fay_herriot([y for y, _ in areas], [v for _, v in areas])
    shuffled = fay_herriot([areas[i][0] for i in order], [areas[i][1] for i in order])
    assert shuffled.eblup == pytest.approx([straight.eblup[i] for i in order], rel=1e-6, abs=1e-9)


def test_the_restricted_likelihood_is_highest_at_what_was_found() -> None:
    random = np.random.default_rng(11)
    v = random.uniform(0.0005, 0.004, 40)
    y = 0.9 + random.normal(0, 0.04, 40) + random.normal(0, np.sqrt(v))

    def height(sigma2: float) -> float:
        w = 1 / (sigma2 + v)
        mean = float(w @ y / w.sum())
        return float(0.5 * np.sum(np.log(w)) - 0.5 * math.log(w.sum()) - 0.5 * np.sum(w * (y - mean) ** 2))

    best = fay_herriot(y.tolist(), v.tolist()).sigma2
    assert height(best) > max(height(best * 0.99), height(best * 1.01))


def test_known_features_and_bad_input() -> None:
    with pytest.raises(CollinearColumns):
        fay_herriot([0.9, 0.8, 0.7, 0.9, 0.6], [0.01] * 5, [[1, 1, 1, 1, 1]])
    with pytest.raises(TooFewGroups):
        fay_herriot([0.9, 0.8], [0.01] * 2)
    with pytest.raises(LengthsDiffer):
        fay_herriot([0.9, 0.8, 0.7], [0.01] * 2)
    with pytest.raises(LengthsDiffer):
        fay_herriot([0.9, 0.8, 0.7, 0.9], [0.01] * 4, [[1, 2, 3]])
    with pytest.raises(ValueRefused) as refused:
        fay_herriot([0.9, 0.8, 0.7], [0.01, 0.0, 0.01])
    assert refused.value.position == 1
    with pytest.raises(ValueRefused):
        fay_herriot([0.9, math.nan, 0.7], [0.01] * 3)


def test_smoothed_variances_fall_with_the_answers() -> None:
    assert smoothed_variance(1.5, 0.9, [30, 90]) == pytest.approx((0.0045, 0.0015))
    for arguments in ((0.0, 0.9, [30]), (1.5, 1.0, [30]), (1.5, 0.9, [0])):
        with pytest.raises(ValueRefused):
            smoothed_variance(*arguments)
