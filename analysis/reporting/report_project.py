"""One project opened by zone, mode and reason, covered so that the tables of the whole wave give nothing away. Pure."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from analysis import tallies, wording
from analysis.metrics import Ratio, metric, ratio
from analysis.reporting import disclosure
from analysis.reporting.disclosure import Audience, Cover, is_few, shown
from analysis.reporting.report_areas import LEAST_FOR_RANK
from analysis.reporting.report_fieldwork import group_counts
from analysis.reporting.report_input import OutcomeCount, ProjectFrame, ReportInput
from analysis.reporting.report_material import Material, prepare
from analysis.reporting.report_model import Count, OutcomeRow
from analysis.scales import DONT_KNOW
from analysis.tallies import REASON_ITEM, Cell

Matrix = dict[str, dict[str, int]]
Covers = dict[str, dict[str, Cover]]
PROTECTED = "为保护少数答卷，不列"


class Part(Struct, frozen=True):
    """A zone or a mode of one project: how many answered, and 满意率 where enough did (else the words why not)."""

    name: str
    answers: Count
    rate: str


class Opened(Struct, frozen=True):
    """What the page of one project shows beside its row in the report."""

    zones: tuple[Part, ...]
    modes: tuple[Part, ...]
    reasons: tuple[Count, ...]
    reasons_text: str
    groups: tuple[Count, ...]
    outcomes: tuple[OutcomeRow, ...]


def opened(given: ReportInput, code: str) -> Opened:
    """The parts of the project with this code, for staff. Raises KeyError for a code without a list of people."""
    material = prepare(given, Audience.STAFF)
    project = {one.code: one for one in material.projects}[code]
    mine = tuple(one for one in given.outcomes if one.project == code)
    reasons = _reasons(material, project)
    return Opened(
        zones=_parts(material, project, lambda cell: cell.zone, _zone_names(given)),
        modes=_parts(material, project, lambda cell: cell.mode, wording.MODE_LABELS),
        reasons=reasons,
        reasons_text="" if reasons else "还没有够数的不满意原因可列。",
        groups=tuple(Count(wording.GROUP_LABELS[group], n, str(n)) for group, n in group_counts(mine).items() if n),
        outcomes=_outcomes(mine),
    )


def _zone_names(given: ReportInput) -> dict[str, str]:
    return {**dict(given.zones), "": "未定片区"}


def in_zone(given: ReportInput, zone: str) -> tuple[Part, ...]:
    """What the people of one zone said, project by project, covered as on the projects' own pages; for staff."""
    material = prepare(given, Audience.STAFF)
    found = _table(material, lambda cell: cell.zone)
    parts = ((project.name, found.get((zone, project.code))) for project in material.projects)
    return tuple(replace(part, name=name) for name, part in parts if part is not None)


def _parts(
    material: Material, project: ProjectFrame, key: Callable[[Cell], str], names: Mapping[str, str]
) -> tuple[Part, ...]:
    """The parts of one project, in the order of `names`."""
    found = _table(material, key)
    parts = ((name, found.get((part, project.code))) for part, name in names.items())
    return tuple(replace(part, name=name) for name, part in parts if part is not None)


def _table(material: Material, key: Callable[[Cell], str]) -> dict[tuple[str, str], Part]:
    """Part by project: everything is covered against the same parts of all other projects."""
    least = {one.code: disclosure.minimum(one.sensitive, material.audience) for one in material.projects}
    answers = tallies.fold(tallies.official(material.given.cells), lambda cell: (key(cell), cell.project))
    pairs = {place: ratio(metric("M01"), counts.get("c1", {})) for place, counts in answers.items()}
    people = {place: tallies.respondents(counts) for place, counts in answers.items()}
    bases = cover(_matrix(people), least)
    small = {
        place: is_few(pair.x, least[place[1]]) or bases[place[0]][place[1]] is not Cover.SHOWN
        for place, pair in pairs.items()
    }
    categories = cover(_matrix({place: pair.n - pair.x for place, pair in pairs.items()}), least, small)
    found = {}
    for (part, code), n in people.items():
        if n:
            base, pair = bases[part][code], pairs[part, code]
            printed = shown(n, base, least[code])
            words = _rate_text(pair, base, categories[part][code])
            found[part, code] = Part("", Count("有效答卷", printed.n, printed.text), words)
    return found


def _rate_text(pair: Ratio, base: Cover, category: Cover) -> str:
    if base is Cover.COMPLEMENT:
        return PROTECTED
    if base is not Cover.SHOWN or pair.n < LEAST_FOR_RANK:
        return "答卷太少，不列"
    if category is not Cover.SHOWN:
        return PROTECTED
    return f"{wording.percent(Fraction(pair.x, pair.n))}（{pair.x}/{pair.n}）"


def _matrix(values: Mapping[tuple[str, str], int]) -> Matrix:
    rows: Matrix = {}
    columns = list(dict.fromkeys(column for _, column in values))
    for (row, column), n in values.items():
        rows.setdefault(row, dict.fromkeys(columns, 0))[column] = n
    return rows


def cover(matrix: Matrix, least: Mapping[str, int], also: Mapping[tuple[str, str], bool] | None = None) -> Covers:
    """Covers of a table whose row and column sums are published: no sum minus the shown cells gives a hidden one.

    Rows and columns are covered in turn until nothing changes; `least` is the smallest shown count per column.
    """
    marks = also or {}
    hidden = {
        (row, column): is_few(n, least[column]) or marks.get((row, column), False)
        for row, cells in matrix.items()
        for column, n in cells.items()
    }
    while True:
        before = sum(hidden.values())
        for line in _lines(matrix):
            parts = [matrix[row][column] for row, column in line]
            covers = disclosure.hide(parts, disclosure.MINIMUM, [hidden[place] for place in line])
            for place, found in zip(line, covers, strict=True):
                hidden[place] = hidden[place] or found is not Cover.SHOWN
        if sum(hidden.values()) == before:
            break
    return {
        row: {column: _cover(n, hidden[row, column], least[column]) for column, n in cells.items()}
        for row, cells in matrix.items()
    }


def _lines(matrix: Matrix) -> Sequence[Sequence[tuple[str, str]]]:
    across = [[(row, column) for column in cells] for row, cells in matrix.items()]
    columns = next(iter(matrix.values()), {})
    return [*across, *([(row, column) for row in matrix] for column in columns)]


def _cover(n: int, is_hidden: bool, least: int) -> Cover:
    if not is_hidden:
        return Cover.SHOWN
    return Cover.FEW if is_few(n, least) else Cover.COMPLEMENT


def _reasons(material: Material, project: ProjectFrame) -> tuple[Count, ...]:
    """What the dissatisfied of the project named; a small count is "<5", and of a sensitive project not even listed."""
    published = material.published(metric("M01"))
    if project not in published:
        return ()
    labels = wording.REASON_LABELS | dict(material.given.reason_labels)
    counts = {one.code: material.counts(one).get(REASON_ITEM, {}) for one in published}
    least = {one.code: disclosure.minimum(one.sensitive, material.audience) for one in published}
    found = []
    for code, n in sorted(counts[project.code].items(), key=lambda pair: (-pair[1], pair[0])):
        if not n or code == DONT_KNOW or (project.sensitive and is_few(n, least[project.code])):
            continue
        parts = [counts[one.code].get(code, 0) for one in published]
        small = [is_few(part, least[one.code]) for part, one in zip(parts, published, strict=True)]
        covers = disclosure.hide(parts, disclosure.MINIMUM, small)
        printed = shown(n, covers[published.index(project)], least[project.code])
        found.append(Count(labels.get(code, code), printed.n, printed.text))
    return tuple(found)


def _outcomes(mine: Sequence[OutcomeCount]) -> tuple[OutcomeRow, ...]:
    cases = sum(one.n for one in mine)
    totals: dict[tuple[str, str, str], int] = {}
    for one in mine:
        key = (one.code, one.label, one.group)
        totals[key] = totals.get(key, 0) + one.n
    return tuple(
        OutcomeRow(code, label, wording.GROUP_LABELS.get(group, group), n, wording.percent(Fraction(n, cases)))
        for (code, label, group), n in sorted(totals.items())
    )
