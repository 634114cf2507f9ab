"""One verdict per rate against its target, derived from the printed interval and from nothing else. Pure.

Targets are thousandths (900 = 90%); the people a target needs are M_t = ceil(target N / 1000), in whole numbers.
Rules and sentences: tables/target_verdicts.csv; methodology.md 4. alpha is two-sided (0.05 = 0.025 per side).
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files

from analysis.errors import CountsOutOfRange, TargetOutOfRange
from analysis.hkg import Stratum, effective_answers, rate_interval, stratified_rate
from analysis.hypergeometric import CountInterval, exact_interval, per_side
from analysis.intervals import Interval, normal_quantile, wilson
from analysis.rounding import percent_text, round_half_up, share_text, target_text

FEW_ANSWERS = 30
FEW_DF = 8
SLACK = 1e-12  # for weighted rates, whose arithmetic is not whole numbers


class Verdict(StrEnum):
    """达标, 未达标 or 证据不足; there is no fourth."""

    met = "met"
    not_met = "not_met"
    insufficient = "insufficient"

    @property
    def label(self) -> str:
        return _LABELS[self]


class Reason(StrEnum):
    """Why the evidence is insufficient: the first that holds, in this order."""

    too_few = "too_few"
    cluster_df = "cluster_df"
    partly_answered_list = "partly_answered_list"
    near_target_above = "near_target_above"
    near_target_below = "near_target_below"

    @property
    def label(self) -> str:
        return _REASON_LABELS[self]


_LABELS = {Verdict.met: "达标", Verdict.not_met: "未达标", Verdict.insufficient: "证据不足"}
_REASON_LABELS = {
    Reason.too_few: "有效答案太少",
    Reason.cluster_df: "抽到的点位太少",
    Reason.partly_answered_list: "名单未全部答复",
    Reason.near_target_above: "已过目标,待确认",
    Reason.near_target_below: "未到目标,待确认",
}


def _read_sentences() -> dict[tuple[str, str], str]:
    text = files("analysis").joinpath("tables/target_verdicts.csv").read_text(encoding="utf-8")
    return {(row["verdict"], row["reason_code"]): row["sentence_zh"] for row in csv.DictReader(text.splitlines())}


_SENTENCES: Mapping[tuple[str, str], str] = _read_sentences()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with everything printed beside it.

    interval is None when no rate is shown (too few answers) or none can be computed; counts is the same interval in
    people where the list is known; few marks 样本偏少; census: everybody on the list answered; worst_best holds
    [x/N, (x+N-n)/N] when the whole list was tried but not everybody answered; certain: whatever the people without
    an answer would say, the verdict stays (known lists only, see deterministic).
    """

    verdict: Verdict
    reason: Reason | None
    interval: Interval | None
    counts: CountInterval | None
    few: bool
    census: bool
    worst_best: Interval | None
    sentence: str
    certain: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """What every path of judging needs to choose the reason and to fill the sentence."""

    x: int
    n: int
    population: int | None
    target: int
    alpha: float
    whole_list_tried: bool
    above: bool  # the estimate has reached the target
    rate: str
    few: bool

    @property
    def census(self) -> bool:
        return self.population is not None and 0 < self.n == self.population


def target_count(target: int, population: int) -> int:
    """Fewest satisfied people with whom the list reaches the target: ceil(target N / 1000). Raises TargetOutOfRange."""
    if not 1 <= target <= 1000:
        raise TargetOutOfRange(target)
    return -(-target * population // 1000)


def deterministic(x: int, n: int, population: int, target: int = 900) -> Verdict | None:
    """The verdict no further answer can change: enough people already satisfied, or too many already not; else None."""
    if not 0 <= x <= n <= population:
        raise CountsOutOfRange(x, n, population)
    needed = target_count(target, population)
    if population and x >= needed:
        return Verdict.met
    return Verdict.not_met if n - x > population - needed else None


def wilson_verdict(x: int, n: int, target: int = 900, alpha: float = 0.05) -> Verdict:
    """Verdict of Wilson's interval without its rounding: the target lies outside it when (p-t)² >= z² t(1-t)/n."""
    target_count(target, 1)
    if not 0 <= x <= n:
        raise CountsOutOfRange(x, n)
    gap = 1000 * x - target * n
    limit = normal_quantile(alpha) ** 2 * n * target * (1000 - target)
    if gap > 0 and gap * gap >= limit:
        return Verdict.met
    return Verdict.not_met if gap < 0 and gap * gap > limit else Verdict.insufficient


def _counts_verdict(counts: CountInterval, target: int) -> Verdict:
    needed = target_count(target, counts.population)
    if counts.low >= needed:
        return Verdict.met
    return Verdict.not_met if counts.high < needed else Verdict.insufficient


def _share_verdict(interval: Interval, target: int) -> Verdict:
    goal = target / 1000
    if interval.low >= goal - SLACK:
        return Verdict.met
    return Verdict.not_met if interval.high < goal - SLACK else Verdict.insufficient


def _open_reason(case: _Case) -> Reason:
    """Why an interval across the target leaves it open."""
    if not case.whole_list_tried and case.n < FEW_ANSWERS:
        return Reason.too_few
    if case.whole_list_tried and case.population is not None and case.n < case.population:
        return Reason.partly_answered_list
    return Reason.near_target_above if case.above else Reason.near_target_below


def _worst_best(case: _Case) -> Interval | None:
    if not case.whole_list_tried or case.population is None or case.n >= case.population:
        return None
    return Interval(case.x / case.population, (case.x + case.population - case.n) / case.population)


def _level_text(alpha: float) -> str:
    return format((100 - round_half_up(repr(alpha), 6) * 100).normalize(), "f")


def _bounds_text(interval: Interval | None, counts: CountInterval | None) -> tuple[str, str]:
    if counts is not None and counts.population:
        return percent_text(counts.low, counts.population), percent_text(counts.high, counts.population)
    return (share_text(interval.low), share_text(interval.high)) if interval is not None else ("", "")


def _sentence(
    case: _Case, verdict: Verdict, reason: Reason | None, interval: Interval | None, counts: CountInterval | None
) -> str:
    low, high = _bounds_text(interval, counts)
    words: dict[str, object] = {"n": case.n, "x": case.x, "rate": case.rate, "low": low, "high": high}
    words["target"] = target_text(case.target)
    if reason is Reason.partly_answered_list and case.population is not None:
        missing = case.population - case.n
        words |= {"N": case.population, "unanswered": missing}
        words["worst"] = percent_text(case.x, case.population)
        words["best"] = percent_text(case.x + missing, case.population)
    sentence = _SENTENCES[verdict.value, reason.value if reason else ""].format_map(words)
    return sentence.replace("95%区间", f"{_level_text(case.alpha)}%区间")


def _conclude(
    case: _Case, verdict: Verdict, interval: Interval | None, counts: CountInterval | None, reason: Reason | None = None
) -> Judgement:
    if verdict is Verdict.insufficient and reason is None:
        reason = _open_reason(case)
    sentence = _sentence(case, verdict, reason, interval, counts)
    worst_best = None if reason is Reason.too_few and interval is None else _worst_best(case)
    return Judgement(verdict, reason, interval, counts, case.few, case.census, worst_best, sentence)


def judge(
    x: int,
    n: int,
    population: int | None,
    target: int = 900,
    alpha: float = 0.05,
    drawn_all: bool = False,
    tried_all: bool = False,
    minimum: int = 5,
) -> Judgement:
    """Judge x satisfied of n answers, drawn in random order from a list of `population` people (None: size unknown).

    drawn_all: the plan is to ask the whole list; tried_all: everybody drawn has a final outcome. Both together make
    a fully tried list (全数回访). minimum: answers below which no rate is shown (5; sensitive projects 10).
    Raises CountsOutOfRange, TargetOutOfRange, LevelOutOfRange.
    """
    target_count(target, 1)
    per_side(alpha)
    if not 0 <= x <= n or (population is not None and n > population):
        raise CountsOutOfRange(x, n, population)
    above = 1000 * x >= target * n
    few = n < FEW_ANSWERS and n != population
    rate = percent_text(x, n) if n else ""
    case = _Case(x, n, population, target, alpha, drawn_all and tried_all, above, rate, few)
    if n < max(minimum, 1):
        return _conclude(case, Verdict.insufficient, None, None, Reason.too_few)
    if population is None:
        return _conclude(case, wilson_verdict(x, n, target, alpha), wilson(x, n, alpha), None)
    counts = exact_interval(x, n, population, alpha)
    found = _conclude(case, _counts_verdict(counts, target), counts.interval, counts)
    return replace(found, certain=deterministic(x, n, population, target) is not None)


def judge_interval(
    estimate: float | None,
    interval: Interval | None,
    x: int,
    n: int,
    population: int | None = None,
    target: int = 900,
    alpha: float = 0.05,
    drawn_all: bool = False,
    tried_all: bool = False,
    minimum: int = 5,
    few: bool = False,
) -> Judgement:
    """Judge a weighted estimate by its HKG interval (None: fewer than one degree of freedom -> cluster_df).

    x, n: unweighted answers, printed and used for the minimum; few: the design knows less than 30 answers would.
    Raises CountsOutOfRange, TargetOutOfRange, LevelOutOfRange.
    """
    target_count(target, 1)
    per_side(alpha)
    if not 0 <= x <= n or (population is not None and n > population):
        raise CountsOutOfRange(x, n, population)
    few = (few or n < FEW_ANSWERS) and n != population
    above = estimate is not None and estimate >= target / 1000 - SLACK
    rate = share_text(estimate) if estimate is not None else ""
    case = _Case(x, n, population, target, alpha, drawn_all and tried_all, above, rate, few)
    if estimate is None or n < minimum:
        return _conclude(case, Verdict.insufficient, None, None, Reason.too_few)
    if interval is None:
        return _conclude(case, Verdict.insufficient, None, None, Reason.cluster_df)
    return _conclude(case, _share_verdict(interval, target), interval, None)


def judge_strata(
    strata: Sequence[Stratum],
    target: int = 900,
    alpha: float = 0.05,
    drawn_all: bool = False,
    tried_all: bool = False,
    minimum: int = 5,
) -> Judgement:
    """Judge the population-weighted rate of strata by its HKG interval; 样本偏少 also when n* < 30 or df < 8."""
    rate = stratified_rate(strata)
    interval = rate_interval(rate, alpha)
    few = rate.df < FEW_DF
    if rate.estimate is not None and interval is not None and interval.width > 0:
        people = max(rate.n, round(rate.sum_weights))
        size = effective_answers(rate.estimate, rate.variance, rate.df, rate.n, people, rate.kish_n, alpha)
        few = few or size < FEW_ANSWERS
    population = sum(one.answering_population for one in strata)
    return judge_interval(
        rate.estimate, interval, rate.x, rate.n, population, target, alpha, drawn_all, tried_all, minimum, few
    )
