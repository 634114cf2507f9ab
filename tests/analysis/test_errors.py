"""What the errors of the analysis are made of."""

import contextlib
import inspect
from collections.abc import Iterator

import pytest

from analysis import errors
from analysis.errors import CountsOutOfRange

ALL = [found for _, found in inspect.getmembers(errors, inspect.isclass) if found.__module__ == errors.__name__]


@contextlib.contextmanager
def _inside() -> Iterator[None]:
    yield


def test_an_error_passes_a_context_manager_as_itself() -> None:
    with pytest.raises(CountsOutOfRange, match="x=3, n=2"), _inside():
        raise CountsOutOfRange(3, 2)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_lets_its_traceback_be_set(kind: type[Exception]) -> None:
    kind.__new__(kind).with_traceback(None).__traceback__ = None
    assert issubclass(kind, ValueError)
