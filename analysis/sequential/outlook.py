"""How many more answers of the random order bring enough evidence, in the best, the present and the worst case. Pure."""

from collections.abc import Callable

from analysis.planning import AnswersToDecide, soonest
from analysis.sequential.evidence import NEAR_TARGET, Prior, check_counts, reaches_met, reaches_not_met
from analysis.verdicts import target_count


def answers_to_evidence(
    s: int, t: int, population: int, target: int = 900, alpha: float = 0.05, prior: Prior = NEAR_TARGET
) -> AnswersToDecide:
    """Further answers until either e-value reaches 2/alpha if all, the present share, or none of them are satisfied.

    0 when the evidence suffices now; round up to the end of a replicate where looks are taken there. Everybody
    answered always suffices. At the present rate whole people are counted, halves up. Raises CountsOutOfRange,
    TargetOutOfRange, LevelOutOfRange.
    """
    needed = target_count(target, population)
    check_counts(s, t, population, needed)

    def after(gained: Callable[[int], int]) -> int | None:
        def enough(more: int) -> bool:
            state = s + gained(more), t + more, population, needed, alpha, prior
            return reaches_met(*state) or reaches_not_met(*state)

        return soonest(0, population - t, enough)

    present = after(lambda more: (2 * s * more + t) // (2 * t)) if t else None
    return AnswersToDecide(after(lambda more: more), present, after(lambda more: 0))
