"""Phone numbers as rosters bring them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.rules.phone_numbers import PhoneKind, PhoneNumber, PhoneProblem, ProblemKind, group, mask, normalise


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "１３８００１３８０００",
        "+86 138 0013 8000",
        "+8613800138000",
        "008613800138000",
        "8613800138000",
        "13800138000.0",
        "'13800138000",
        "013800138000",
        "\ufeff13800138000\u200b",
    ],
)
def test_a_mobile_is_read_however_it_was_typed(typed: str) -> None:
    assert normalise(typed) == PhoneNumber("13800138000", PhoneKind.mobile)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("0551-64123456", "055164123456"),
        ("(0551) 6412 3456", "055164123456"),
        ("（０５５１）６４１２３４５６", "055164123456"),
        ("+86 551 64123456", "055164123456"),
        ("010 64123456", "01064123456"),
        ("0554-6412345", "05546412345"),
    ],
)
def test_a_landline_is_read_with_its_area_code(typed: str, digits: str) -> None:
    assert normalise(typed) == PhoneNumber(digits, PhoneKind.landline)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("", ProblemKind.empty),
        ("  ", ProblemKind.empty),
        ("1.38E+10", ProblemKind.scientific),
        ("1.3800138E10", ProblemKind.scientific),
        ("１．３８Ｅ＋１０", ProblemKind.scientific),
        ("55112345678", ProblemKind.lost_zero),
        ("1064123456", ProblemKind.lost_zero),
        ("64123456", ProblemKind.no_area_code),
        ("1380013800", ProblemKind.too_short),
        ("138001380001234", ProblemKind.too_long),
        ("12800138000", ProblemKind.not_assigned),
        ("138****8000", ProblemKind.masked),
        ("13800138000/13900139000", ProblemKind.several),
        ("13800138000、13900139000", ProblemKind.several),
        ("0551-64123456转801", ProblemKind.extension),
        ("村部电话", ProblemKind.letters),
        ("13800000000", ProblemKind.placeholder),
        ("00000000000", ProblemKind.placeholder),
    ],
)
def test_what_would_need_a_guess_is_refused_with_its_reason(typed: str, kind: ProblemKind) -> None:
    problem = normalise(typed)
    assert isinstance(problem, PhoneProblem)
    assert problem.kind is kind
    assert problem.sentence


def test_a_lost_zero_suggests_the_landline_without_printing_it_in_full() -> None:
    problem = normalise("55112345678")
    assert isinstance(problem, PhoneProblem)
    assert problem.suggestion == "055112345678"
    assert "0551****5678" in problem.sentence
    assert "12345678" not in problem.sentence


def test_numbers_are_masked_in_lists_and_grouped_to_be_read_out() -> None:
    assert mask("13800138000") == "138****8000"
    assert mask("055164123456") == "0551****3456"
    assert mask("01064123456") == "010****3456"
    assert group("13800138000") == "138 0013 8000"
    assert group("055164123456") == "0551-6412 3456"
    assert group("05546412345") == "0554-641 2345"


@given(st.text(max_size=30))
def test_any_text_is_either_a_number_that_reads_the_same_again_or_a_sentence(text: str) -> None:
    result = normalise(text)
    if isinstance(result, PhoneNumber):
        assert normalise(result.digits) == result
        assert normalise("+86" + result.digits.removeprefix("0")) == result
    else:
        assert result.sentence


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True).filter(str.isascii))
def test_grouping_is_undone_by_reading(digits: str) -> None:
    result = normalise(group(digits))
    assert isinstance(result, PhoneProblem) or result.digits == digits
