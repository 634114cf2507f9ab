"""What can go wrong while a file is read, applied or undone. Pure."""

from callbacks.errors import CallbacksError


class TableRefused(CallbacksError):
    """The file cannot be read as a table; `code` is stable, `sentence` is for the person who uploaded it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


class AlreadyImported(CallbacksError):
    """The very same file was applied before and is still in force."""

    def __init__(self, batch_ref: str, applied_on: str) -> None:
        super().__init__(batch_ref)
        self.batch_ref = batch_ref
        self.applied_on = applied_on


class ImportRefused(CallbacksError):
    """The report holds refusals, so nothing is written."""

    def __init__(self, refusals: int) -> None:
        super().__init__(str(refusals))
        self.refusals = refusals


class UnknownBatch(CallbacksError):
    """No import has this reference."""

    def __init__(self, batch_ref: str) -> None:
        super().__init__(batch_ref)
        self.batch_ref = batch_ref


class AlreadyUndone(CallbacksError):
    """The import was undone before."""

    def __init__(self, batch_ref: str) -> None:
        super().__init__(batch_ref)
        self.batch_ref = batch_ref


class AlreadyFramed(CallbacksError):
    """A wave has framed what this import brought, so it can no longer be undone."""

    def __init__(self, batch_ref: str) -> None:
        super().__init__(batch_ref)
        self.batch_ref = batch_ref


class StillNeeded(CallbacksError):
    """Later rows stand on what this import brought; `by` says which kind."""

    def __init__(self, batch_ref: str, by: str) -> None:
        super().__init__(batch_ref)
        self.batch_ref = batch_ref
        self.by = by


class UnknownProject(CallbacksError):
    """No project has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
