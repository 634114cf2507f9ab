"""Every error that a library can raise has an answer of its own, or a stated reason why nobody is answered with it."""

import inspect
from types import ModuleType

import pytest

from analysis import errors as figures
from callbacks import errors as fieldwork
from callbacks.frame import errors as framing
from questionnaires import errors as answering
from survey_service import errors as service
from survey_service.errors import ANSWERS, OperatorRefused
from survey_service.web.domain_errors import DOMAIN_ANSWERS
from survey_service.web.error_pages import INTERNAL, answer_for

FAMILIES = {fieldwork.CallbacksError, service.ServiceError}
CALLER_HANDLES = {
    fieldwork.LinkSpent: "becomes used, expired or revoked where the respondent submits",
    framing.TableRefused: "becomes the report of the file",
    framing.AlreadyImported: "becomes the report of the file",
    framing.ImportRefused: "the report of the file says why",
    framing.UnknownProject: "becomes the report of the file",
    answering.FormRefused: "a command prints its problems",
    answering.ExpressionRefused: "becomes a problem of the form, or stops the item",
    answering.EvaluationFailed: "stops the item",
}
OUR_FAULT = {
    fieldwork.CalendarRowRefused: "a table of the package",
    fieldwork.WindowsRefused: "a table of the package",
    fieldwork.DuplicateFrameKeys: "frames are made of distinct people",
    fieldwork.AllocationImpossible: "nobody types in an allocation yet",
    answering.ItemFailed: "publishing refuses such a form",
    figures.CountsOutOfRange: "counts come from the database",
    figures.LevelOutOfRange: "levels are constants",
    figures.TargetOutOfRange: "targets are checked with the plan",
    figures.RateOutOfRange: "rates are computed",
    figures.UnknownCase: "the verification of the statistics prints it as a miss",
    figures.WeightNegative: "weights are computed from counts",
    figures.WeightNotFinite: "weights are computed from counts",
    figures.ScoreNotFinite: "scores come from the form's codes",
    figures.ColumnLengthDiffers: "columns come from one statement",
    figures.ClusterCrossesStrata: "reports draw no clusters",
    figures.PopulationCountMissing: "every frame counts its people",
    figures.PopulationSmallerThanSample: "people are drawn from the frame that is counted",
    figures.SingleUnitStratum: "reports never ask to be told",
    figures.CalibrationCellEmpty: "whoever calibrates chooses the cells",
    figures.MarginsDisagree: "whoever calibrates chooses the totals",
    figures.CalibrationFailed: "whoever calibrates chooses the totals",
    figures.BoundsRefused: "whoever calibrates chooses the bounds",
    figures.ValueRefused: "figures are computed",
    figures.LengthsDiffer: "rows come from one statement",
    figures.TooFewGroups: "the report leaves the figure out",
    figures.CollinearColumns: "columns are chosen with the plan",
    figures.ResponseSeparated: "columns are chosen with the plan",
    figures.RecallsMissing: "the report leaves the correction out",
    figures.LonelyStratum: "reports never ask to be told",
    figures.PriorOutOfRange: "priors are constants",
    figures.ListTooLong: "tables over every answer are for plans and simulations",
    figures.SeedNotCommitted: "the order of a list comes from the database",
    figures.OrderDrawnTooLate: "the order of a list comes from the database",
    figures.AttemptsCapChanged: "the order of a list comes from the database",
    figures.ReplicatesBroken: "the order of a list comes from the database",
    figures.AnswerWithoutPlace: "answers by an open link are no part of an order",
    figures.PlaceOutOfRange: "places come from the database",
    figures.PlaceTwice: "places come from the database",
    figures.AttemptsOverCap: "the project is then not judged by looks",
    figures.ClosedTooEarly: "the project is then not judged by looks",
    figures.LookChanged: "the project is then not judged by looks",
}


def _classes(module: ModuleType) -> set[type[Exception]]:
    return {
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception) and found.__module__ == module.__name__
    } - FAMILIES


LIBRARIES = _classes(fieldwork) | _classes(framing) | _classes(answering) | _classes(figures)


def test_every_error_of_the_libraries_is_answered_or_says_why_not() -> None:
    silent = LIBRARIES - DOMAIN_ANSWERS.keys() - CALLER_HANDLES.keys() - OUR_FAULT.keys()
    assert not silent, ", ".join(sorted(found.__name__ for found in silent))
    twice = DOMAIN_ANSWERS.keys() & (CALLER_HANDLES.keys() | OUR_FAULT.keys())
    assert not twice, ", ".join(sorted(found.__name__ for found in twice))


def test_every_error_of_the_service_is_answered_or_is_for_the_operator() -> None:
    silent = {found for found in _classes(service) if found not in ANSWERS and not issubclass(found, OperatorRefused)}
    assert not silent, ", ".join(sorted(found.__name__ for found in silent))


@pytest.mark.parametrize("kind", [*ANSWERS, *DOMAIN_ANSWERS], ids=lambda kind: kind.__name__)
def test_an_answer_has_a_status_a_stable_code_and_a_chinese_sentence(kind: type[Exception]) -> None:
    answer = (ANSWERS | DOMAIN_ANSWERS)[kind]
    assert 400 <= answer.status < 600
    assert answer.code == answer.code.lower() and " " not in answer.code
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.sentence) and answer.sentence.endswith("。")


def test_an_error_nobody_expected_is_a_fault_of_ours() -> None:
    assert answer_for(ZeroDivisionError()) == INTERNAL
