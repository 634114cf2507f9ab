"""What can go wrong with forms, expressions, answers and submissions; each carries the data a sentence needs. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One fault of a form: sheet, row (1 is the heading, 0 the whole sheet), column and a Chinese sentence."""

    sheet: str
    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        place = (
            f"{self.sheet}表" + (f"第{self.row}行" if self.row else "") + (f"“{self.column}”列" if self.column else "")
        )
        return f"{place}:{self.sentence}"


class FormRefused(Exception):
    """A form with problems is not taken at all."""

    def __init__(self, problems: tuple[FormProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ExpressionRefused(Exception):
    """An expression that cannot be read; `position` is the character, counted from 0."""

    def __init__(self, sentence: str, position: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.position = position


class EvaluationFailed(Exception):
    """An expression that passed a limit while it ran."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ItemFailed(Exception):
    """The expressions of one item cannot be evaluated; the questionnaire stops there instead of guessing."""

    def __init__(self, item: str, sentence: str) -> None:
        super().__init__(f"题目{item}:{sentence}")
        self.item = item
        self.sentence = sentence


class AnswerRefused(Exception):
    """A value that this item does not take. The message never repeats the value."""

    def __init__(self, item: str, sentence: str) -> None:
        super().__init__(f"题目{item}:{sentence}")
        self.item = item
        self.sentence = sentence


class UnknownVersion(Exception):
    """No published questionnaire has this key or number."""

    def __init__(self, wanted: str | int) -> None:
        super().__init__(f"没有这份问卷：{wanted}")
        self.wanted = wanted


class UnknownSubmission(Exception):
    """No submission has this reference or number."""

    def __init__(self, wanted: str | int) -> None:
        super().__init__(f"没有这份答卷：{wanted}")
        self.wanted = wanted


class AlreadySubmitted(Exception):
    """The submission is closed and the answers that came now differ from the ones it keeps."""

    def __init__(self, submission: str) -> None:
        super().__init__(f"答卷{submission}已经提交，不能再改")
        self.submission = submission


class NotOpen(Exception):
    """A void or superseded submission takes no answers and cannot be submitted."""

    def __init__(self, submission: str, state: str) -> None:
        super().__init__(f"答卷{submission}已作废或被替换，不能再填")
        self.submission = submission
        self.state = state


class NotComplete(Exception):
    """Required questions on the path have no answer yet."""

    def __init__(self, submission: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"答卷{submission}还有{len(missing)}道必答题没有回答")
        self.submission = submission
        self.missing = missing
