"""Orders, people and answers in random order, as Hypothesis draws them."""

import datetime as dt
import hashlib

from hypothesis import strategies as st

from analysis.sequential.order import Order, Person, Result, replicate_ends

DRAWN = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
FIRST_CALL = DRAWN + dt.timedelta(days=1)
SEED_DIGEST = hashlib.sha256(b"seed").hexdigest()
CAP = 5


def order(population: int, size: int = 30, first_contact_at: dt.datetime | None = FIRST_CALL) -> Order:
    """An order with every condition kept, all of it released."""
    return Order(population, SEED_DIGEST, DRAWN, CAP, DRAWN, first_contact_at, replicate_ends(population, size))


def person(place: int, letter: str) -> Person:
    """s satisfied, n not, k 说不清, o out, u unreached after all attempts, anything else open."""
    known = {
        "s": Person(place, Result.satisfied, 1),
        "n": Person(place, Result.not_satisfied, 2),
        "k": Person(place, Result.no_valid_answer, 1),
        "o": Person(place, Result.out, 1),
        "u": Person(place, Result.unreached, CAP),
    }
    return known.get(letter) or Person(place, Result.open)


def people(letters: str) -> list[Person]:
    """The people at places 1, 2, ..."""
    return [person(place, letter) for place, letter in enumerate(letters, 1)]


@st.composite
def looks(draw: st.DrawFn, most: int = 150) -> tuple[int, int, int]:
    """(s, t, population) with somebody on the list."""
    population = draw(st.integers(1, most))
    t = draw(st.integers(0, population))
    return draw(st.integers(0, t)), t, population


def results(most: int = 90, letters: str = "ssssssnkou") -> st.SearchStrategy[str]:
    """Results of a whole list in its order."""
    return st.text(alphabet=letters, min_size=1, max_size=most)
