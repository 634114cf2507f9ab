"""The finished report as frozen values that go to JSON, pages and files unchanged. Pure."""

from msgspec import Struct

from analysis.reporting.many.many_model import Many


class CodeCount(Struct, frozen=True):
    """How many gave one answer, as it may be printed; `n` is None when it is hidden."""

    code: str
    label: str
    n: int | None
    text: str


class Figure(Struct, frozen=True, kw_only=True):
    """One printed number with everything behind it.

    `text` is what is printed, unit included. low, high: shares of 0-1 or None where no interval is justified.
    `hidden` is the sentence shown instead of a number; a hidden figure carries no counts at all.
    `verdict` is met, not_met, insufficient or "" for a figure that is not judged.
    """

    id: str
    metric: str
    name: str
    unit: str = "%"
    x: int | None = None
    n: int | None = None
    population: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    target: int | None = None
    text: str = "—"
    counts_text: str = ""
    interval_text: str = ""
    distance: str = ""
    verdict: str = ""
    verdict_label: str = ""
    reason: str = ""
    sentence: str = ""
    note: str = ""
    hidden: str = ""
    few: bool = False
    census: bool = False
    method: str = ""
    counts: tuple[CodeCount, ...] = ()


class Definition(Struct, frozen=True):
    """What a metric means: the page opens `text`."""

    id: str
    version: str
    name: str
    text: str


class WaveView(Struct, frozen=True, kw_only=True):
    """The wave as the cover and the first section print it; dates as Chinese text beside the ISO form."""

    code: str
    title: str
    role: str
    district: str
    issuer: str
    commissioner: str
    starts: str
    ends: str
    period_text: str
    as_of: str
    as_of_text: str
    closed: bool
    interim_text: str
    demonstration_text: str
    seed: str
    frame_digest: str
    frame_date_text: str
    approval_text: str
    form_text: str
    satisfaction_target: int
    awareness_target: int


class Count(Struct, frozen=True):
    """A labelled number as it may be printed."""

    label: str
    n: int | None
    text: str


class Headline(Struct, frozen=True, kw_only=True):
    """The district's figures; `weighted` comes first, `direct` is question g1."""

    weighted: Figure
    equal: Figure
    pooled: Figure
    direct: Figure
    strict: Figure
    score: Figure
    awareness: Figure
    awareness_unprompted: Figure
    awareness_prompted: Figure
    participation: Figure
    benefit: Figure
    levels: tuple[CodeCount, ...]
    by_mode: tuple[Figure, ...]
    coverage_text: str
    summary: tuple[str, ...]


class VerdictItem(Struct, frozen=True):
    """A project in one verdict group: why it is there, and how many more answers decide it."""

    project: str
    name: str
    figure: str
    text: str
    why: str
    decide: str


class VerdictGroup(Struct, frozen=True):
    """All projects of one verdict, in the order of the programme."""

    verdict: str
    label: str
    items: tuple[VerdictItem, ...]


class ProjectRow(Struct, frozen=True, kw_only=True):
    """One project; `why_no_rate` is set where there is no list to draw people from."""

    code: str
    name: str
    public_name: str
    project_class: str
    class_label: str
    department: str
    population: int | None
    drawn: int
    valid: int
    sensitive: bool
    census: bool
    why_no_rate: str
    rr1: Figure
    rr3: Figure
    completion: Figure
    satisfaction: Figure
    strict: Figure
    score: Figure
    awareness: Figure
    awareness_unprompted: Figure
    awareness_prompted: Figure
    participation: Figure
    benefit: Figure
    consistency: Figure
    decide: str
    levels: tuple[CodeCount, ...]
    top_reason: str
    rank: int | None
    rank_text: str
    rank_note: str


class AreaRow(Struct, frozen=True, kw_only=True):
    """A zone or a department: printed counts are texts because small ones are hidden."""

    code: str
    name: str
    projects: tuple[str, ...]
    answers: Count
    satisfied: Count
    dissatisfied: Count
    satisfaction: Figure
    awareness: Figure
    rank: int | None
    rank_text: str
    rank_note: str


class OutcomeRow(Struct, frozen=True):
    """Cases with one present outcome over the whole wave."""

    code: str
    label: str
    group: str
    n: int
    share_text: str


class Fieldwork(Struct, frozen=True, kw_only=True):
    """How the sample was worked: groups, outcome codes and the rates made of them."""

    drawn: int
    valid: int
    groups: tuple[Count, ...]
    outcomes: tuple[OutcomeRow, ...]
    rates: tuple[Figure, ...]
    modes: tuple[Count, ...]


class BothWays(Struct, frozen=True, kw_only=True):
    """The same rate with and without a group of answers; `official` says which of the two counts."""

    key: str
    title: str
    n: int
    text: str
    official: Figure
    other: Figure


class Integrity(Struct, frozen=True, kw_only=True):
    """Coaching, void answers, proxies and staff answers."""

    coached: BothWays
    void: BothWays
    void_reasons: tuple[Count, ...]
    proxies: tuple[Count, ...]
    by_proxy: tuple[Figure, ...]
    staff_text: str
    origins_text: str = ""


class EvidenceRow(Struct, frozen=True, kw_only=True):
    """What is known of one project while it is still being called; every text is a sentence or "".

    certain: the verdict nobody left on the list can change; worst, best: the share of the list if everybody missing were
    dissatisfied or satisfied; people, looks: the closed beginning of the order and how often it was looked at;
    evidence_text: "12倍", required 40; interval_text: valid at every look; advice: a code of stopping.Reason, "" where
    none is given; stop: calling may end; settled_text: calling has ended; refusal: why no look may be taken.
    """

    project: str
    name: str
    certain_text: str
    worst_text: str
    best_text: str
    tipping_text: str
    people: int
    looks: int
    evidence_text: str
    needed_text: str
    verdict: str
    verdict_label: str
    interval_text: str
    awareness_text: str
    stop: bool
    advice: str
    advice_text: str
    settled_text: str
    refusal: str


class Report(Struct, frozen=True, kw_only=True):
    """A whole report. `audience` is staff or public; `format` names this layout and its version.

    `part` names the department or street whose part it is, "" for the whole. `many` compares projects for those who
    read all of them.
    """

    format: str
    audience: str
    wave: WaveView
    headline: Headline
    verdicts: tuple[VerdictGroup, ...]
    projects: tuple[ProjectRow, ...]
    unlisted: tuple[ProjectRow, ...]
    zones: tuple[AreaRow, ...]
    departments: tuple[AreaRow, ...]
    reasons: tuple[Count, ...]
    fieldwork: Fieldwork
    integrity: Integrity
    notes: tuple[str, ...]
    definitions: dict[str, Definition]
    part: str = ""
    evidence: tuple[EvidenceRow, ...] = ()
    many: Many | None = None
