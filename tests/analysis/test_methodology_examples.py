"""Every figure of every worked example in docs/methodology.md is computed again from the example's own inputs."""

import re
from collections.abc import Callable
from fractions import Fraction
from math import comb, exp, factorial, sqrt
from pathlib import Path

import pytest

from analysis import planning
from analysis.allocation import neyman
from analysis.comparison.change import WaveRows, change, judged
from analysis.comparison.funnel import TAILS_998, Unit, around_target, limits
from analysis.comparison.multiplicity import benjamini_hochberg, holm
from analysis.comparison.shrinkage import beta_binomial
from analysis.errors import CountsOutOfRange
from analysis.hkg import Stratum, effective_answers, rate_interval, stratified_rate
from analysis.hypergeometric import exact_interval, tail_at_least
from analysis.metrics import METRICS, ratio
from analysis.nonresponse.bounds import WorstCase
from analysis.nonresponse.double_sampling import Kind, corrected
from analysis.nonresponse.interviewers import interviewer_effect
from analysis.nonresponse.modes import by_mode
from analysis.outcome_rates import OutcomeCounts, rates
from analysis.overall import overall
from analysis.ranking import indistinct_groups, rank_ranges
from analysis.reporting.disclosure import MINIMUM, table
from analysis.rounding import percent_text, share_text
from analysis.sequential.evidence import mixture_evidence
from analysis.sequential.order import Prefix
from analysis.sequential.standing import follow
from analysis.tallies import domain_size
from analysis.verdicts import judge, target_count
from tests.architecture.sources import everything

DOCUMENT = Path(__file__).parents[2] / "docs" / "methodology.md"
BLOCK = re.compile(r"^> \*\*例(\d+)\*\*(.*(?:\n>.*)*)", re.M)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NEEDED_WORDS = {6: "证据不足.*未达标.*达标", 10: "不判", 13: "正常波动.*明显低于"}

Parts = list[object]


def _numbers(text: str) -> list[str]:
    return NUMBER.findall(text)


def _blocks() -> dict[int, str]:
    found = [(int(number), text) for number, text in BLOCK.findall(DOCUMENT.read_text("utf-8"))]
    assert len({number for number, _ in found}) == len(found), "an example has another one's number"
    return dict(found)


def _ends(x: int, n: int, people: int) -> Parts:
    """Both ends in people, then in percent."""
    found = exact_interval(x, n, people)
    return [found.low, found.high, percent_text(found.low, people), percent_text(found.high, people)]


def _rates(given: list[str]) -> Parts:
    grades, unsure = [int(one) for one in given[1:6]], int(given[6])
    counts = dict(zip(("5", "4", "3", "2", "1"), grades, strict=True)) | {"98": unsure}
    n = sum(grades)
    wide, with_unsure, strict, points = (ratio(METRICS[one], counts) for one in ("M01", "M02", "M03", "M04"))
    terms = [part for pair in zip(grades, (100, 80, 60, 30, 0), strict=True) for part in pair]
    return [
        n, *grades, unsure, *grades[:3], n, wide.x, wide.n, percent_text(wide.x, wide.n),
        strict.x, strict.n, percent_text(strict.x, strict.n),
        with_unsure.x, with_unsure.n, percent_text(with_unsure.x, with_unsure.n),
        *terms, n, points.x, points.n, share_text(points.x / points.n / 100),
    ]  # fmt: skip


def _by_hand(given: list[str]) -> Parts:
    people, n = int(given[0]), int(given[1])
    every = comb(people, n)
    low = exact_interval(n, n, people).low
    out, kept = comb(low - 1, n), comb(low, n)
    assert 40 * out <= every < 40 * kept
    return [
        people, n, n, low - 1, n, low - 1, low - 1, n, people, n, out, every, percent_text(out, every), "2.5",
        low, low, n, people, n, kept, every, percent_text(kept, every), "2.5", *_ends(n, n, people),
        people, low, *_ends(low, people, people)[2:],
    ]  # fmt: skip


def _clean(given: list[str]) -> Parts:
    people, n = int(given[0]), int(given[1])
    ends = _ends(n, n, people)
    out = int(str(ends[0])) - 1
    return [people, n, n, *ends, out, n, share_text(tail_at_least(n, out, n, people)), "2.5", out]


def _domain(given: list[str]) -> Parts:
    people, asked, valid, x = (int(one) for one in given[:4])
    size = domain_size(people, asked, valid)
    return [people, asked, valid, x, people, valid, asked, size, size, *_ends(x, valid, size)]


def _weighted(given: list[str]) -> Parts:
    first, second = (Stratum(*(int(one) for one in given[i : i + 3])) for i in (0, 4))
    found, rate = overall([first, second]), stratified_rate([first, second])
    total, n = first.population + second.population, first.n + second.n
    interval = rate_interval(rate)
    assert interval is not None
    assert found.weighted is not None
    assert found.equal is not None
    own = [percent_text(one.x, one.n) for one in (first, second)]

    def term(one: Stratum) -> Parts:
        yes = f"{one.x / one.n:.2f}"
        return [one.population, total, 1, one.n, one.population, yes, f"{1 - one.x / one.n:.2f}", one.n - 1]

    answers = int(effective_answers(found.weighted, rate.variance, rate.df, n, total, rate.kish_n))
    return [
        first.population, first.n, first.x, own[0], second.population, second.n, second.x, own[1],
        first.population, total, own[0], second.population, total, own[1], share_text(found.weighted),
        *own, 2, share_text(found.equal), rate.x, n, percent_text(rate.x, n),
        *term(first), *term(second), f"{rate.variance:.6f}", answers,
        share_text(interval.low), share_text(interval.high),
    ]  # fmt: skip


def _verdicts(given: list[str]) -> Parts:
    people, n, tries = int(given[0]), int(given[3]), (int(given[4]), int(given[9]), int(given[14]))
    needed = target_count(900, people)
    parts: Parts = [people, 90, needed, n]
    for x, verdict in zip(tries, ("insufficient", "not_met", "met"), strict=True):
        assert judge(x, n, people).verdict == verdict
        parts += [x, percent_text(x, n), *_ends(x, n, people)[:2], needed]
    return parts


def _decide(given: list[str]) -> Parts:
    people, n, x = (int(one) for one in given[:3])
    found = planning.answers_to_decide(x, n, people)
    best, ends = found.at_best or 0, _ends(x, n, people)
    enough, short = ([n + more, x + more, _ends(x + more, n + more, people)[0]] for more in (best, best - 1))
    return [
        people, n, x, target_count(900, people), *ends[2:], found.at_present_rate, best, found.at_worst, *enough, *short
    ]  # fmt: skip


def _worst(given: list[str]) -> Parts:
    people, n, x = (int(one) for one in given[:3])
    case = WorstCase(people, n, x)
    best = x + case.missing
    return [
        people, n, x, percent_text(x, n), case.missing, x, people, percent_text(x, people),
        best, people, percent_text(best, people), target_count(900, people), case.needed,
        case.needed, case.missing, percent_text(case.needed, case.missing),
    ]  # fmt: skip


def _response(given: list[str]) -> Parts:
    i, p, r, nc, o, uo, ne = (int(one) for one in given[:7])
    found = rates(OutcomeCounts(I=i, P=p, R=r, NC=nc, O=o, UO=uo, NE=ne))
    known = i + p + r + nc + o
    assert found.RR1
    assert found.RR3
    assert found.COOP1
    e = f"{known / (known + ne):.3f}"
    return [
        i, p, r, nc, o, uo, ne, 1, i, known + uo, share_text(found.RR1.value), *[known] * 3, ne, e,
        3, i, known, e, uo, share_text(found.RR3.value), 1, i, i + p + r + o, share_text(found.COOP1.value),
    ]  # fmt: skip


def _beta(a: int, b: int) -> Fraction:
    return Fraction(factorial(a - 1) * factorial(b - 1), factorial(a + b - 1))


def _evidence_by_hand(given: list[str]) -> Parts:
    people, n = int(given[0]), int(given[1])
    needed = target_count(900, people)
    weights = [comb(people, m) * _beta(9 + m, 1 + people - m) for m in range(needed, people + 1)]
    whole = [weight / weights[0] * 10 for weight in weights]
    total, every = sum(whole), comb(people, n)
    ways = [comb(m, n) for m in (needed - 1, needed, people)]
    found = exp(mixture_evidence(n, n, people, needed).log_met)
    by_hand = sum(weight * comb(m, n) / (total * ways[0]) for m, weight in enumerate(whole, needed))
    assert found == pytest.approx(float(by_hand))
    low = exact_interval(n, n, people).low
    return [
        people, n, 90, needed, needed, needed - 1, ways[0], every, needed, ways[1], every, people, ways[2], every,
        whole[0], total, whole[1], total, whole[0], total, Fraction(ways[1], ways[0]), whole[1], total,
        Fraction(ways[2], ways[0]), f"{found:.1f}", 40, percent_text(low, people),
    ]  # fmt: skip


def _looks(given: list[str]) -> Parts:
    people, second, short = int(given[0]), int(given[1]), int(given[6])
    all_yes = follow([Prefix(second // 2, second // 2, second // 2), Prefix(second, second, second)], people)
    fewer = follow([Prefix(second, second, second - short)], people)
    first = follow([Prefix(second // 2, second // 2, second // 2)], people)
    assert [one.verdict.value for one in (all_yes, fewer, first)] == ["met", "insufficient", "insufficient"]
    assert all_yes.counts
    values = [f"{exp(one.now.log_met):.1f}" for one in (all_yes, fewer, first)]
    return [
        people, second, second, values[0], all_yes.counts.low, all_yes.counts.high, short, values[1], second // 2, values[2]
    ]  # fmt: skip


def _many(given: list[str]) -> Parts:
    p = [float(one) for one in given[:4]]
    adjusted, q = holm(p), benjamini_hochberg(p)
    down = [part for i in range(4) for part in (f"{p[i]:.3f}", 4 - i, f"{adjusted[i]:.3f}")]
    up = [part for i in range(4) for part in (f"{p[i]:.3f}", 4, i + 1, f"{q[i]:.3f}")]
    proven, watched = sum(one <= 0.025 for one in adjusted), sum(one <= 0.10 for one in q)
    return [*(f"{one:.3f}" for one in p), *down, "0.025", proven, *up, "0.10", watched]


def _funnel(given: list[str]) -> Parts:
    n, inside, outside = int(given[0]), int(given[8]), int(given[10])
    found = [limits(Unit(0, n), 0.9), limits(Unit(0, n), 0.9, TAILS_998)]
    placed = around_target([Unit(inside, n), Unit(outside, n)]).placed
    assert [one.band.label for one in placed] == ["正常波动", "明显低于"]
    inner, outer = ([share_text(one.low), share_text(one.high)] for one in found)
    return [
        n, 90, 95, *inner, "99.8", *outer, inside, percent_text(inside, n), outside, percent_text(outside, n)
    ]  # fmt: skip


def _shrunk(given: list[str]) -> Parts:
    pairs = [(int(given[i]), int(given[i + 1])) for i in range(0, 10, 2)]
    found = beta_binomial(pairs)
    mean, strength = f"{found.mean:.3f}", f"{found.strength or 0:.1f}"
    x, n = pairs[1]
    parts: Parts = [part for pair in pairs for part in pair]
    return [
        *parts, share_text(found.mean), strength, percent_text(x, n), x, mean, strength, n, strength,
        share_text(found.shares[1]),
    ]  # fmt: skip


def _groups(given: list[str]) -> Parts:
    people, n, *satisfied = (int(one) for one in given[:5])
    together = [exact_interval(x, n, people, 0.05 / 3) for x in satisfied]
    intervals = [one.interval for one in together]
    assert indistinct_groups(intervals) == ((0, 1), (2,))
    assert [one.label for one in rank_ranges(intervals)] == ["第1—2名", "第1—2名", "第3名"]
    ends = [percent_text(end, people) for one in together for end in (one.low, one.high)]
    return [people, n, *satisfied, 5, 3, f"{5 / 3:.2f}", *ends, 1, 2, 3]


def _modes(given: list[str]) -> Parts:
    n, x, m, y = int(given[0]), int(given[1]), int(given[3]), int(given[4])
    other = by_mode({"phone": (x, n), "web": (y, m)}).rates[1]
    interval = other.difference_interval
    assert interval
    assert other.differs
    gap = abs(other.difference or 0)
    return [
        n, x, percent_text(x, n), m, y, percent_text(y, m), share_text(gap), share_text(-interval.high),
        share_text(-interval.low),
    ]  # fmt: skip


def _agents(given: list[str]) -> Parts:
    k, m = int(given[0]), int(given[1])
    satisfied = [int(one) for one in given[2 : 2 + k]]
    found = interviewer_effect([(x, m) for x in satisfied])
    msb, msw, rho = (f"{one:.4f}" for one in (found.msb, found.msw, found.rho or 0))
    return [
        k, m, *satisfied, msb, msw, msb, msw, msb, m - 1, msw, rho, 1, m - 1, rho, f"{found.deff:.1f}",
        f"{sqrt(found.deff):.1f}",
    ]  # fmt: skip


def _recalls(given: list[str]) -> Parts:
    own, yes, no, first, kept, second, turned = (int(given[i]) for i in (0, 1, 2, 4, 5, 7, 8))
    people = int(given[-3])
    found = corrected([Kind("yes", yes, first, kept, True), Kind("no", no, second, turned, False)], people)
    assert found.interval
    assert found.significant
    shares = [percent_text(kept, first), percent_text(turned, second)]
    return [
        own, yes, no, percent_text(yes, own), first, kept, shares[0], second, turned, shares[1],
        yes, own, shares[0], no, own, shares[1], share_text(found.estimate), people,
        share_text(found.interval.low), share_text(found.interval.high),
    ]  # fmt: skip


def _wave(first: int, n: int, satisfied: int) -> WaveRows:
    return WaveRows(range(first, first + n), [1] * n, [1.0] * n, [True] * n, [i < satisfied for i in range(n)])


def _waves(given: list[str]) -> Parts:
    people, n, x, y = (int(one) for one in given[:4])
    ends = exact_interval(x, n, people).interval, exact_interval(y, n, people).interval
    same, apart = (change(_wave(0, n, x), _wave(first, n, y), {1: people}) for first in (0, n))
    shown, unclear = judged(same, *ends), judged(apart, *ends)
    assert (shown.direction, unclear.direction) == ("risen", "unclear")
    return [
        people, n, x, y, x, percent_text(x, n), percent_text(y, n), share_text(same.difference),
        f"{100 * same.se_if_independent:.2f}", f"{100 * same.se:.2f}",
        share_text(shown.interval.low), share_text(shown.interval.high),
        share_text(unclear.interval.low), share_text(unclear.interval.high),
    ]  # fmt: skip


def _plan(given: list[str]) -> Parts:
    n, long, rate, short = int(given[0]), int(given[1]), int(given[2]), int(given[5])
    p = rate / 100
    wide = [share_text(planning.precision(n, people, p)) for people in (long, short)]
    chance = [share_text(planning.chance_to_prove(n, people, p)) for people in (long, short)]
    small = int(given[-4])
    return [
        n, long, rate, wide[0], chance[0], short, rate, wide[1], chance[1], long, 80, planning.answers_needed(long, p),
        small, planning.clean_answers_needed(small), 1, planning.clean_answers_needed(small, failures=1),
    ]  # fmt: skip


def _shares(given: list[str]) -> Parts:
    sizes, spreads, n = [int(one) for one in given[:3]], [Fraction(one) for one in given[3:6]], int(given[6])
    weights = [size * spread for size, spread in zip(sizes, spreads, strict=True)]
    ideal = [f"{float(n * weight / sum(weights)):.1f}" for weight in weights]
    return [
        *sizes, *(f"{float(one):.1f}" for one in spreads), n, *weights, *ideal, *neyman(sizes, spreads, n, [2] * 3, sizes)
    ]  # fmt: skip


def _hidden(given: list[str]) -> Parts:
    counts = {str(place): int(one) for place, one in enumerate(given[:4])}
    printed = table(counts)
    shown = [one.n for one in printed.values()]
    assert [one.text for one in printed.values()] == [str(counts["0"]), f"<{MINIMUM}", "隐", str(counts["3"])]
    hidden = sum(n for n, one in zip(counts.values(), shown, strict=True) if one is None)
    return [*counts.values(), sum(counts.values()), shown[0], MINIMUM, shown[3], hidden]


EXAMPLES: dict[int, Callable[[list[str]], Parts]] = {
    1: _rates, 2: _by_hand, 3: _clean, 4: _domain, 5: _weighted, 6: _verdicts, 7: _decide, 8: _worst, 9: _response,
    10: _evidence_by_hand, 11: _looks, 12: _many, 13: _funnel, 14: _shrunk, 15: _groups, 16: _modes, 17: _agents,
    18: _recalls, 19: _waves, 20: _plan, 21: _shares, 22: _hidden,
}  # fmt: skip


def _computed(number: int, given: list[str]) -> list[str]:
    return [str(part) for part in EXAMPLES[number](given)]


def test_every_example_of_the_document_is_computed_here_and_no_other() -> None:
    assert sorted(_blocks()) == sorted(EXAMPLES) == list(range(1, len(EXAMPLES) + 1))


@pytest.mark.parametrize("number", EXAMPLES)
def test_every_figure_of_an_example_is_what_the_program_computes(number: int) -> None:
    text = _blocks()[number]
    given = _numbers(text)
    assert given == _computed(number, given)
    assert re.search(NEEDED_WORDS.get(number, ""), text, re.S)


@pytest.mark.parametrize("number", EXAMPLES)
def test_a_single_changed_figure_of_an_example_is_found(number: int) -> None:
    given = _numbers(_blocks()[number])
    for place in range(len(given)):
        changed = [*given]
        changed[place] = changed[place][:-1] + str((int(changed[place][-1]) + 1) % 10)
        assert _unlike(number, changed), f"figure {place + 1} of example {number} may be anything"


def _unlike(number: int, changed: list[str]) -> bool:
    try:
        return _computed(number, changed) != changed
    except (AssertionError, CountsOutOfRange, IndexError, TypeError, ValueError, ZeroDivisionError):
        return True


def test_every_section_that_a_module_cites_exists() -> None:
    sections = set(re.findall(r"^## (\d+) ", DOCUMENT.read_text("utf-8"), re.M))
    cited = {
        number
        for source in everything()
        for numbers in re.findall(r"methodology\.md (\d+(?: and \d+)?)", source.text)
        for number in numbers.split(" and ")
    }
    assert {"2", "3", "4", "8", "9", "13"} <= cited
    assert cited <= sections
