"""Hidden counts stay hidden from somebody who knows the total and everything printed."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.reporting.disclosure import Cover, hide, table
from analysis.tallies import domain_size

PARTS = st.lists(st.integers(0, 40), min_size=1, max_size=14)


def test_one_small_part_takes_the_next_smallest_with_it() -> None:
    assert hide([3, 40, 12, 60]) == (Cover.FEW, Cover.SHOWN, Cover.COMPLEMENT, Cover.SHOWN)


def test_zero_points_at_nobody_and_is_shown() -> None:
    assert hide([0, 40, 12]) == (Cover.SHOWN,) * 3


def test_two_small_parts_that_add_up_to_less_than_five_need_a_third() -> None:
    assert hide([1, 2, 30, 9])[3] is Cover.COMPLEMENT


def test_the_small_part_prints_less_than_five_and_its_companion_does_not_say_that_it_is_not() -> None:
    printed = table({"满意": 40, "不满意": 3})
    assert printed["不满意"].text == "<5"
    assert printed["满意"].text == "隐" and printed["满意"].n is None


@given(PARTS)
def test_what_is_left_after_subtraction_is_never_one_small_part(parts: list[int]) -> None:
    covers = hide(parts)
    hidden = [n for n, cover in zip(parts, covers, strict=True) if cover is not Cover.SHOWN]
    assert not any(0 < n < 5 and cover is Cover.SHOWN for n, cover in zip(parts, covers, strict=True))
    if any(hidden):
        known_by_subtraction = sum(parts) - sum(
            n for n, cover in zip(parts, covers, strict=True) if cover is Cover.SHOWN
        )
        alone = len([n for n in hidden if n]) == 1
        assert (
            known_by_subtraction >= 5
            or covers.count(Cover.SHOWN) == 0
            or not any(n for n, cover in zip(parts, covers, strict=True) if cover is Cover.SHOWN)
        )
        assert not alone or not any(n for n, c in zip(parts, covers, strict=True) if c is Cover.SHOWN)


def test_the_domain_is_rounded_half_up_and_only_a_full_list_may_collapse() -> None:
    assert domain_size(29, 27, 25) == 27  # 26.85
    assert domain_size(1000, 400, 399) == 998  # 997.5 goes up
    assert domain_size(29, 29, 27) == 27
    assert domain_size(100, 99, 40) == 41  # 40.4: one person has not answered, so 40 answers are not everybody
