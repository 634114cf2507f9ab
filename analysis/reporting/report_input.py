"""Everything a report is made of, as plain values handed in by the caller. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from analysis.tallies import Cell


class FrameKind(StrEnum):
    """What the people of a project were drawn from; it decides which interval is justified."""

    LIST = "list"
    AREA = "area"
    OPEN = "open"
    NONE = "none"


class WaveRole(StrEnum):
    """What a wave is for: an assessment is announced to nobody it assesses."""

    ASSESSMENT = "assessment"
    SERVICE = "service"
    STATISTICAL = "statistical"


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """The wave as it was opened and stands now; targets in thousandths, instants aware (shown as given)."""

    code: str
    title: str
    role: WaveRole
    starts: date
    ends: date
    as_of: datetime
    issuer: str
    seed: str
    frame_digest: str
    district: str = ""
    commissioner: str = ""
    closed: datetime | None = None
    real_as_of: datetime | None = None
    is_demonstration: bool = False
    satisfaction_target: int = 900
    awareness_target: int = 900
    alpha: float = 0.05
    approval_authority: str = ""
    approval_number: str = ""
    approval_until: date | None = None
    form_name: str = ""
    form_version: str = ""
    frame_date: date | None = None


@dataclass(frozen=True, slots=True)
class ProjectFrame:
    """One project of the wave: `population` people on the list (None when unknown), `drawn` of them called.

    `census` = the whole list was drawn; `tried_all` = every drawn person has a final outcome.
    `why_no_list` is the sentence printed for a project that has no list of people.
    """

    code: str
    name: str
    public_name: str
    project_class: str
    lead_department: str
    population: int | None
    drawn: int
    census: bool = False
    tried_all: bool = False
    sensitive: bool = False
    frame_kind: FrameKind = FrameKind.LIST
    why_no_list: str = ""
    prompted: bool = False


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """`n` cases of a project and zone whose present outcome is `code`; group is one of I P R NC O UH UO NE."""

    project: str
    zone: str
    code: str
    label: str
    group: str
    n: int
    contacted: bool = False


@dataclass(frozen=True, slots=True)
class CallCounts:
    """Dialling of one project: all attempts and those answered, cases dialled and cases ever reached."""

    project: str
    attempts: int
    connected_attempts: int
    dialled_cases: int
    connected_cases: int


@dataclass(frozen=True, slots=True)
class VoidReason:
    """`n` submissions removed by review for one reason."""

    reason: str
    n: int


@dataclass(frozen=True, slots=True)
class ProjectLooks:
    """The looks taken at one project of `listed` people, per metric as (people, valid answers, satisfied), rising.

    `refusal` is the class of analysis.errors for which none may be taken, "" when they may; `settled`: the instant since
    which nobody is called for it any more.
    """

    project: str
    listed: int
    looks: tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...] = ()
    refusal: str = ""
    settled: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportInput:
    """One wave, ready to be reported; `zones` in administrative order, `departments` in their usual order."""

    wave: WaveFacts
    projects: tuple[ProjectFrame, ...]
    cells: tuple[Cell, ...]
    outcomes: tuple[OutcomeCount, ...] = ()
    calls: tuple[CallCounts, ...] = ()
    void_reasons: tuple[VoidReason, ...] = ()
    zones: tuple[tuple[str, str], ...] = ()
    departments: tuple[str, ...] = ()
    reason_labels: tuple[tuple[str, str], ...] = field(default=())
    shared_origins: tuple[int, ...] = ()
    """Sizes of groups of people whose answers by link came from one network address and class of device."""
    looks: tuple[ProjectLooks, ...] = ()
    """The projects whose list was put in order before the first call; waves without an end have none."""
