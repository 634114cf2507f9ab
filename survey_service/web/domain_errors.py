"""Errors of callbacks, questionnaires and analysis, with the status, code and sentence by which they are answered."""

from survey_service.errors import Answer, BadInput

DOMAIN_ANSWERS: dict[type[Exception], Answer] = {}


def sentence_of(error: Exception) -> str:
    """The sentence that the error itself carries for the user, if it carries one."""
    if isinstance(error, BadInput):
        return error.sentence
    return str(getattr(error, "sentence", ""))
