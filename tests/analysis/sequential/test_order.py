"""The conditions under which a list may be looked at, each refused by its own error."""

import dataclasses
import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import (
    AnswerWithoutPlace,
    AttemptsCapChanged,
    AttemptsOverCap,
    ClosedTooEarly,
    LookChanged,
    OrderDrawnTooLate,
    PlaceOutOfRange,
    PlaceTwice,
    ReplicatesBroken,
    SeedNotCommitted,
)
from analysis.sequential.order import Person, Prefix, Result, check_order, closed_looks, replicate_ends
from tests.analysis.sequential.paths import CAP, DRAWN, FIRST_CALL, order, people, person, results


def test_only_replicates_inside_the_closed_prefix_are_looked_at() -> None:
    assert closed_looks(order(9, 3), people("ssn-ssnku")) == (Prefix(3, 3, 2),)
    assert closed_looks(order(9, 3), people("ssnkss-ss")) == (Prefix(3, 3, 2), Prefix(6, 5, 4))
    assert closed_looks(order(9, 3), people("-ssssssss")) == ()
    assert closed_looks(order(9, 3), []) == ()


def test_easy_people_who_answer_out_of_order_do_not_count_yet() -> None:
    late_but_satisfied = people("-" + "s" * 29) + people("")
    assert closed_looks(order(90), late_but_satisfied) == ()


def test_a_web_answer_counts_at_the_place_of_its_person() -> None:
    by_link = Person(2, Result.satisfied, attempts=0)
    assert closed_looks(order(3, 3), [person(1, "n"), by_link, person(3, "u")]) == (Prefix(3, 2, 1),)


@settings(deadline=None)
@given(results(), st.integers(1, 40), st.randoms(use_true_random=False))
def test_the_sequence_of_rows_does_not_matter(letters: str, size: int, chance: random.Random) -> None:
    known = people(letters)
    shuffled = known[:]
    chance.shuffle(shuffled)
    assert closed_looks(order(len(letters), size), shuffled) == closed_looks(order(len(letters), size), known)


@settings(deadline=None)
@given(results(), st.integers(1, 40))
def test_a_look_never_changes_when_more_becomes_known(letters: str, size: int) -> None:
    listed = order(len(letters), size)
    whole = closed_looks(listed, people(letters))
    for known in range(len(letters)):
        part = closed_looks(listed, people(letters[:known]))
        assert part == whole[: len(part)]
        assert closed_looks(listed, people(letters), before=part) == whole


def test_an_order_drawn_after_the_first_call_is_refused() -> None:
    late = dataclasses.replace(order(9), drawn_at=FIRST_CALL + dt.timedelta(seconds=1))
    with pytest.raises(OrderDrawnTooLate):
        closed_looks(late, [])


def test_answers_without_a_known_first_contact_are_refused() -> None:
    with pytest.raises(OrderDrawnTooLate):
        closed_looks(order(9, first_contact_at=None), people("s"))
    assert closed_looks(order(9, first_contact_at=None), people("-")) == ()


@pytest.mark.parametrize("digest", ["", "abc", "g" * 64, "A" * 64])
def test_an_order_without_the_digest_of_its_seed_is_refused(digest: str) -> None:
    with pytest.raises(SeedNotCommitted):
        check_order(dataclasses.replace(order(9), seed_digest=digest))


@pytest.mark.parametrize("changes", [{"attempts_cap": 0}, {"cap_fixed_at": FIRST_CALL + dt.timedelta(days=3)}])
def test_a_number_of_attempts_fixed_while_calling_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(AttemptsCapChanged):
        check_order(dataclasses.replace(order(9), **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("ends", [(0, 3), (3, 3), (5, 3), (3, 10)])
def test_replicates_that_do_not_rise_within_the_list_are_refused(ends: tuple[int, ...]) -> None:
    with pytest.raises(ReplicatesBroken):
        check_order(dataclasses.replace(order(9), replicate_ends=ends))


def test_an_answer_by_an_open_link_is_refused() -> None:
    with pytest.raises(AnswerWithoutPlace):
        closed_looks(order(9), [Person(None, Result.satisfied)])


@pytest.mark.parametrize("place", [0, -1, 10])
def test_a_place_outside_the_list_is_refused(place: int) -> None:
    with pytest.raises(PlaceOutOfRange):
        closed_looks(order(9), [Person(place, Result.satisfied)])


def test_two_results_of_one_person_are_refused() -> None:
    with pytest.raises(PlaceTwice):
        closed_looks(order(9), [person(4, "s"), person(4, "n")])


def test_calling_somebody_more_often_than_fixed_is_refused() -> None:
    with pytest.raises(AttemptsOverCap):
        closed_looks(order(9), [Person(1, Result.satisfied, CAP + 1)])


def test_giving_somebody_up_before_the_fixed_number_is_refused() -> None:
    with pytest.raises(ClosedTooEarly):
        closed_looks(order(9), [Person(1, Result.unreached, CAP - 1)])
    assert closed_looks(order(9, 1), [Person(1, Result.out, 1)]) == (Prefix(1, 0, 0),)


def test_a_look_whose_counts_changed_afterwards_is_refused_and_named() -> None:
    listed = order(6, 3)
    taken = closed_looks(listed, people("ssussn"))
    with pytest.raises(LookChanged) as refused:
        closed_looks(listed, people("sssssn"), before=taken)
    assert refused.value.look == 1
    with pytest.raises(LookChanged) as reopened:
        closed_looks(listed, people("ssus-n"), before=taken)
    assert reopened.value.look == 2


@pytest.mark.parametrize(
    ("arguments", "ends"),
    [((0,), ()), ((29,), (29,)), ((30,), (30,)), ((65,), (30, 60, 65)), ((390, 30, 300), (300, 330, 360, 390)),
     ((20, 30, 300), (20,))],
)  # fmt: skip
def test_replicates_cover_what_is_drawn(arguments: tuple[int, ...], ends: tuple[int, ...]) -> None:
    assert replicate_ends(*arguments) == ends


def test_replicates_of_nobody_are_refused() -> None:
    with pytest.raises(ReplicatesBroken):
        replicate_ends(30, 0)


def test_the_fixtures_keep_every_condition() -> None:
    assert DRAWN < FIRST_CALL
    check_order(order(1000))
