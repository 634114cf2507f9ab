"""Drawing order and sample sizes."""

import hashlib
import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.errors import AllocationImpossible, DuplicateFrameKeys
from callbacks.rules.sampling import (
    Draw,
    Method,
    adaptive_variance,
    allocate,
    closed_prefix,
    closed_replicates,
    frame_digest,
    neyman,
    permutation,
    proportional,
    replicate_of,
    replicates,
    seed_commitment,
)

KEYS = [f"person-{number:02}" for number in range(12)]
STORED_ORDER = [6, 0, 9, 5, 11, 2, 1, 8, 7, 4, 10, 3]
strata = st.lists(st.integers(0, 60), min_size=1, max_size=6)


def test_the_order_of_a_known_seed_and_list_is_the_stored_one_on_every_machine() -> None:
    assert permutation("2026-瑶海-第一批", KEYS) == STORED_ORDER


def test_the_order_can_be_recomputed_with_nothing_but_a_keyed_hash() -> None:
    ranked = sorted(KEYS, key=lambda key: hashlib.sha256(_outer(b"seed", key.encode())).digest())
    assert [KEYS[index] for index in permutation("seed", KEYS)] == ranked


def _outer(secret: bytes, text: bytes) -> bytes:
    """RFC 2104 by hand, up to the last hash."""
    block = secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + text).digest()
    return bytes(byte ^ 0x5C for byte in block) + inner


@given(st.sets(st.text(min_size=1, max_size=8), max_size=60), st.randoms(use_true_random=False))
def test_the_people_drawn_do_not_depend_on_the_order_of_the_file(keys: set[str], shuffler: random.Random) -> None:
    one, other = sorted(keys), sorted(keys)
    shuffler.shuffle(other)
    order = permutation(b"seed", one)
    assert sorted(order) == list(range(len(one)))
    assert [one[index] for index in order] == [other[index] for index in permutation(b"seed", other)]


def test_another_seed_gives_another_order() -> None:
    assert permutation("a", KEYS) != permutation("b", KEYS)


def test_each_person_is_as_likely_to_be_drawn_first() -> None:
    firsts = [permutation(f"seed {number}", KEYS)[0] for number in range(6000)]
    counts = [firsts.count(index) for index in range(len(KEYS))]
    assert sum((count - 500) ** 2 / 500 for count in counts) < 40  # chi-square, 11 df: 40 is beyond 1 in 10,000


def test_a_list_with_the_same_key_twice_has_no_order() -> None:
    with pytest.raises(DuplicateFrameKeys) as refused:
        permutation("seed", ["a", "b", "a", "b", "c"])
    assert refused.value.count == 2


def test_commitments_are_plain_digests_that_anybody_can_recompute() -> None:
    assert seed_commitment("seed") == hashlib.sha256(b"seed").hexdigest() == seed_commitment(b"seed")
    assert frame_digest(["b", "a"]) == hashlib.sha256(b"a\nb\n").hexdigest() == frame_digest(["a", "b"])
    assert frame_digest(["a", "b"]) != frame_digest(["a", "c"])
    with pytest.raises(ValueError, match="line feed"):
        frame_digest(["a\nb"])


@pytest.mark.parametrize(
    ("population", "wish", "draw"),
    [
        (199, 50, Draw(Method.census, 199)),
        (200, 50, Draw(Method.random, 50)),
        (0, None, Draw(Method.census, 0)),
        (29, None, Draw(Method.census, 29)),
        (250, None, Draw(Method.census, 250)),
        (68_700, None, Draw(Method.random, 300)),
        (68_700, 400, Draw(Method.random, 400)),
        (300, 300, Draw(Method.census, 300)),
        (301, 300, Draw(Method.random, 300)),
    ],
)
def test_small_lists_are_asked_entirely_and_large_ones_sampled(population: int, wish: int | None, draw: Draw) -> None:
    assert allocate(population, wish) == draw


def test_the_census_limit_is_a_setting_and_nonsense_is_refused() -> None:
    assert allocate(150, 50, census_below=100) == Draw(Method.random, 50)
    for population, wish in ((-1, None), (500, 0)):
        with pytest.raises(ValueError, match="at least one"):
            allocate(population, wish)


def test_replicates_of_thirty_cover_the_sample_without_gap() -> None:
    assert replicates(65) == (range(30), range(30, 60), range(60, 65))
    assert replicates(0) == ()
    assert [replicate_of(position) for position in (0, 29, 30, 64)] == [1, 1, 2, 3]
    with pytest.raises(ValueError, match="somebody"):
        replicates(10, 0)


@given(st.integers(0, 500), st.integers(1, 60))
def test_every_position_is_in_the_replicate_of_its_number(n: int, size: int) -> None:
    places = [(number, position) for number, part in enumerate(replicates(n, size), 1) for position in part]
    assert [position for _, position in places] == list(range(n))
    assert all(replicate_of(position, size) == number for number, position in places)


def test_evidence_stops_at_the_first_person_in_order_who_is_not_finished() -> None:
    assert closed_prefix([True, True, False, True]) == 2
    assert closed_prefix([]) == 0
    assert closed_replicates([True] * 59 + [False] * 6) == 1
    assert closed_replicates([True] * 65) == 3
    assert closed_replicates([False] + [True] * 64) == 0


@given(strata, st.integers(0, 300), st.integers(0, 4))
def test_a_proportional_allocation_adds_up_and_stays_within_a_person_of_its_share(
    sizes: list[int], n: int, least: int
) -> None:
    minima = [min(size, least) for size in sizes]
    if sum(minima) > min(n, sum(sizes)):
        with pytest.raises(AllocationImpossible):
            proportional(sizes, n, least)
        return
    given_out = proportional(sizes, n, least)
    assert sum(given_out) == min(n, sum(sizes))
    assert all(min(size, least) <= part <= size for size, part in zip(sizes, given_out, strict=True))
    if least == 0 and sum(sizes) > 0:
        shares = [Fraction(min(n, sum(sizes)) * size, sum(sizes)) for size in sizes]
        assert all(abs(part - share) < 1 for part, share in zip(given_out, shares, strict=True))


def test_minima_are_paid_by_the_others_in_proportion() -> None:
    assert proportional([100, 50, 7], 30) == [19, 10, 1]
    assert proportional([100, 50, 7], 30, least=5) == [17, 8, 5]
    assert proportional([0, 50, 7], 300, least=5) == [0, 50, 7]


def _variance(sizes: list[int], variances: list[Fraction], parts: tuple[int, ...]) -> Fraction:
    return sum((Fraction(N * N) * s / m for N, s, m in zip(sizes, variances, parts, strict=True) if m), Fraction(0))


@given(
    st.lists(st.tuples(st.integers(1, 7), st.fractions(0, Fraction(1, 4), max_denominator=50)), min_size=1, max_size=4),
    st.integers(1, 16),
)
@settings(max_examples=150, deadline=None)
def test_no_other_allocation_has_a_smaller_variance(strata: list[tuple[int, Fraction]], n: int) -> None:
    sizes, variances = [size for size, _ in strata], [variance for _, variance in strata]
    if n < len(sizes):
        with pytest.raises(AllocationImpossible):
            neyman(sizes, variances, n)
        return
    found = neyman(sizes, variances, n)
    total = min(n, sum(sizes))
    assert sum(found) == total
    every = itertools.product(*(range(1, size + 1) for size in sizes))
    best = min(_variance(sizes, variances, parts) for parts in every if sum(parts) == total)
    assert _variance(sizes, variances, tuple(found)) == best


def test_unanimous_answers_so_far_still_leave_a_variance() -> None:
    assert adaptive_variance(0, 0) == Fraction(1, 4)
    assert adaptive_variance(10, 10) == Fraction(11, 144)
