"""The section "many projects" of a report as frozen values; every list holds only projects whose figure is printed. Pure."""

from msgspec import Struct

ENTIRE, ENTIRE_LABEL = "entire", "全部答复"
"""The band of a fully answered list: its rate is no estimate, and chance has no part in it."""


class Claimed(Struct, frozen=True, kw_only=True):
    """A project of a claim; `adjusted` is Holm's p-value of it among all that were judged together."""

    project: str
    name: str
    figure: str
    text: str
    adjusted: float


class ClaimList(Struct, frozen=True, kw_only=True):
    """One family of claims, "met" or "not_met": the projects of which it may be said of all at once.

    `level` is the chance that anything in the list is wrong; `alone_text` names those that hold only on their own.
    """

    claim: str
    title: str
    tested: int
    level: float
    sentence: str
    alone_text: str
    items: tuple[Claimed, ...]


class WatchItem(Struct, frozen=True, kw_only=True):
    """A project to look at first; `q` is the share of false alarms in the list down to this line."""

    project: str
    name: str
    figure: str
    text: str
    p: float
    q: float
    q_text: str


class Watch(Struct, frozen=True, kw_only=True):
    """The office's own list, most doubtful first; about `rate` of it are false alarms."""

    title: str
    rate: float
    sentence: str
    items: tuple[WatchItem, ...]


class FunnelPoint(Struct, frozen=True, kw_only=True):
    """A project against what chance allows for its number of answers; limits are shares of 0-1."""

    project: str
    name: str
    figure: str
    n: int
    value: float
    text: str
    low: float
    high: float
    far_low: float
    far_high: float
    band: str
    band_label: str


class FunnelView(Struct, frozen=True, kw_only=True):
    """A funnel around `centre` (share); phi says how many times more than chance the projects scatter (variance)."""

    around: str
    title: str
    centre: float
    centre_text: str
    phi: float
    sentence: str
    points: tuple[FunnelPoint, ...]


class Placing(Struct, frozen=True, kw_only=True):
    """A project's printed rank and the ranks it may truly have."""

    project: str
    name: str
    figure: str
    text: str
    rank: int
    rank_text: str
    best: int
    worst: int
    range_text: str


class Ranks(Struct, frozen=True, kw_only=True):
    """Ranks with what they are worth; `groups` are names of projects of which none surely differs from another."""

    sentence: str
    placings: tuple[Placing, ...]
    groups: tuple[tuple[str, ...], ...]


class ModelRow(Struct, frozen=True, kw_only=True):
    """The printed rate and the model's; `model` is None where the whole list answered and nothing needs estimating."""

    project: str
    name: str
    figure: str
    n: int
    text: str
    model: float | None
    model_text: str


class ModelView(Struct, frozen=True, kw_only=True):
    """Rates drawn towards the mean of all projects; `strength` answers' weight of that mean, None: all alike."""

    label: str
    sentence: str
    mean: float | None
    strength: float | None
    rows: tuple[ModelRow, ...]


class ModeRow(Struct, frozen=True, kw_only=True):
    """One way of asking, as printed; a hidden one carries the words why."""

    name: str
    text: str
    counts_text: str
    interval_text: str
    difference_text: str


class ModesView(Struct, frozen=True, kw_only=True):
    """Rates by way of asking and the warning that belongs to them."""

    sentence: str
    rows: tuple[ModeRow, ...]


class Remark(Struct, frozen=True, kw_only=True):
    """What to bear in mind with one printed figure; `code` names the check."""

    project: str
    name: str
    figure: str
    code: str
    sentence: str


class Many(Struct, frozen=True, kw_only=True):
    """The projects together; `judged` of them have a printed rate, and nothing else enters any list here."""

    judged: int
    sentence: str
    interim_text: str
    met: ClaimList
    not_met: ClaimList
    watch: Watch
    around_target: FunnelView
    around_average: FunnelView
    ranks: Ranks
    model: ModelView
    modes: ModesView
    remarks: tuple[Remark, ...]
