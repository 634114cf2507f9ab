"""What can go wrong in fieldwork, one class each, carrying the data that explains it."""

import datetime as dt


class CallbacksError(Exception):
    """Anything this package refuses."""


class IllegalMove(CallbacksError):
    """The case machine has no such move from the state the case is in."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{state} does not take {event}")
        self.state = state
        self.event = event


class OwnZonesOnly(CallbacksError):
    """What concerns the whole district is not for somebody who is in charge of a part of it."""


class UnknownOutcome(CallbacksError):
    """No outcome has this code, or it cannot be chosen by an agent."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no outcome {code}")
        self.code = code


class AppointmentNeeded(CallbacksError):
    """An appointment outcome came without its time."""

    def __init__(self, code: str) -> None:
        super().__init__(f"outcome {code} needs the agreed time")
        self.code = code


class CalendarRowRefused(CallbacksError):
    """A row of a calendar cannot be read; `row` is the number it came with, `column` date or kind."""

    def __init__(self, row: int, column: str, sentence: str) -> None:
        super().__init__(f"calendar row {row}: {sentence}")
        self.row = row
        self.column = column
        self.sentence = sentence


class WindowsRefused(CallbacksError):
    """A table of calling windows that never opens, or overlaps, or cannot be read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class DuplicateFrameKeys(CallbacksError):
    """Two members of a frame have the same key, so their order would not be defined."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} keys occur more than once in the frame")
        self.count = count


class AllocationImpossible(CallbacksError):
    """The sample is smaller than the minima of its strata together."""

    def __init__(self, wanted: int, least: int) -> None:
        super().__init__(f"{wanted} interviews cannot fill minima of {least}")
        self.wanted = wanted
        self.least = least


class PlanRefused(CallbacksError):
    """A PLAN.toml with mistakes, or one that does not fit what is stored; each sentence is for its writer."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class UnknownWave(CallbacksError):
    """No wave has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WaveNotOpen(CallbacksError):
    """The wave is closed, or not opened yet."""

    def __init__(self, code: str, state: str) -> None:
        super().__init__(code)
        self.code = code
        self.state = state


class NoSample(CallbacksError):
    """Nobody is called for the project in this wave."""

    def __init__(self, wave_code: str, project_code: str) -> None:
        super().__init__(f"{wave_code} {project_code}")
        self.wave_code = wave_code
        self.project_code = project_code


class ProjectSettled(CallbacksError):
    """The project is settled and not called any more; none of its reserve is released."""

    def __init__(self, wave_code: str, project_code: str) -> None:
        super().__init__(f"{wave_code} {project_code}")
        self.wave_code = wave_code
        self.project_code = project_code


class ReserveEmpty(CallbacksError):
    """The whole list of the project is drawn already; there is no replicate left to release."""

    def __init__(self, wave: str, project: str) -> None:
        super().__init__(f"{wave} {project}")
        self.wave = wave
        self.project = project


class UnknownCase(CallbacksError):
    """No such case, or not one that the caller may see: the answer is the same."""

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


class ClaimLost(CallbacksError):
    """Somebody else took the case meanwhile. `saved` says whether what the caller sent was kept for review."""

    def __init__(self, ref: str, saved: bool) -> None:
        super().__init__(ref)
        self.ref = ref
        self.saved = saved


class NotClaimed(CallbacksError):
    """The caller does not hold this case."""

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


class HeldByAnother(CallbacksError):
    """The case cannot be claimed: somebody else holds it, or the caller holds another one himself (`own_ref`)."""

    def __init__(self, ref: str, own_ref: str | None = None) -> None:
        super().__init__(ref)
        self.ref = ref
        self.own_ref = own_ref


class OwnInterest(CallbacksError):
    """The agent answers for the zone, or belongs to the department, that the wave assesses with this case."""

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


class OutcomeRefused(CallbacksError):
    """The outcome lacks something; `field` is note, appointment_at, code, submission, reason or started_at."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(field)
        self.field = field
        self.sentence = sentence


class AttemptDiffers(CallbacksError):
    """This attempt was recorded before with another content."""

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


class CorrectionRefused(CallbacksError):
    """The outcome can no longer be changed by this person.

    `reason` is late, taken, not_yours, superseded, closed or answered.
    """

    def __init__(self, ref: str, reason: str) -> None:
        super().__init__(f"{ref} {reason}")
        self.ref = ref
        self.reason = reason


class AppointmentRefused(CallbacksError):
    """Nobody may be called at this time; `next_at` is the next instant that works."""

    def __init__(self, at: dt.datetime, next_at: dt.datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at
        self.next_at = next_at


class UnknownRepair(CallbacksError):
    """No open number repair has this id within the caller's scope."""

    def __init__(self, repair_id: int) -> None:
        super().__init__(str(repair_id))
        self.repair_id = repair_id


class NumberRefused(CallbacksError):
    """The number that a repair found cannot be used; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__("number")
        self.sentence = sentence


class LinksNotAllowed(CallbacksError):
    """The wave sends no links, or the case can no longer be answered."""

    def __init__(self, case_ref: str) -> None:
        super().__init__(case_ref)
        self.case_ref = case_ref


class LinkSpent(CallbacksError):
    """The link was used, revoked or has expired between reading and writing; `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class BatchInField(CallbacksError):
    """The import cannot be undone: a wave framed it, or one of its cases was claimed or answered (`reason`)."""

    def __init__(self, batch_id: int, reason: str) -> None:
        super().__init__(f"{batch_id} {reason}")
        self.batch_id = batch_id
        self.reason = reason
