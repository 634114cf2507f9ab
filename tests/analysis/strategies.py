"""Lists, answers and strata as Hypothesis draws them."""

from hypothesis import strategies as st

from analysis.hkg import Stratum

ALPHAS = st.sampled_from((0.01, 0.05, 0.1, 0.2))
TARGETS = st.sampled_from((1, 500, 800, 850, 899, 900, 950, 1000))


@st.composite
def answered_lists(draw: st.DrawFn, most: int = 400, answers: int = 0) -> tuple[int, int, int]:
    """(x, n, population) with at least `answers` answers."""
    population = draw(st.integers(max(1, answers), most))
    n = draw(st.integers(answers, population))
    return draw(st.integers(0, n)), n, population


@st.composite
def strata(draw: st.DrawFn) -> Stratum:
    population = draw(st.integers(1, 300))
    interviews = draw(st.integers(0, population))
    n = draw(st.integers(0, interviews))
    return Stratum(population, n, draw(st.integers(0, n)), interviews)
