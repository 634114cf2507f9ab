"""Lists of zones, departments and calendar days, checked row by row. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from callbacks.errors import CalendarRowRefused
from callbacks.frame.context import Context
from callbacks.frame.files.cells import Cells
from callbacks.frame.files.cleaning import squeeze
from callbacks.frame.files.dates import read_date
from callbacks.frame.files.tables import SourceRow, TableHead
from callbacks.frame.lists.words import REORGANISED, ZONE_LEVELS, ZoneLevel, department_kind, is_collective
from callbacks.frame.remarks import Remarks
from callbacks.frame.reports import WHOLE_FILE, Level
from callbacks.rules.calendar_days import DayKind, DayTable

LONGEST_CODE = 100


@dataclass(frozen=True, slots=True)
class ListedZone:
    """A zone of a file; `parent` is a code or name in the same file or among the loaded zones."""

    row: int
    code: str
    name: str
    level: ZoneLevel
    parent: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class ListedDepartment:
    """A department of a file; `successor` is a code or name."""

    row: int
    code: str
    name: str
    kind: str
    successor: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class ListedDay:
    """A day of an official calendar."""

    day: dt.date
    kind: DayKind
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class ZonesContent:
    """The zones of a checked file."""

    zones: tuple[ListedZone, ...]


@dataclass(frozen=True, slots=True)
class DepartmentsContent:
    """The departments of a checked file."""

    departments: tuple[ListedDepartment, ...]


@dataclass(frozen=True, slots=True)
class CalendarContent:
    """The days of a checked file."""

    days: tuple[ListedDay, ...]


def check_zones(
    head: TableHead, rows: Iterable[SourceRow], context: Context, remarks: Remarks
) -> tuple[ZonesContent, int, int]:
    """Zones of the file, rows read and kept. A file without codes uses the names; without levels, their endings."""
    cells, read, zones = Cells(head), 0, dict[str, ListedZone]()
    for row in rows:
        read += 1
        zone = _zone(cells, row, context, remarks)
        if zone and zone.code in zones:
            remarks.refuse(row.number, cells.header("name"), f"片区“{zone.name}”与第{zones[zone.code].row}行重复。")
        elif zone:
            zones[zone.code] = zone
    words = {word for zone in zones.values() for word in (zone.code, zone.name)}
    for zone in zones.values():
        if zone.parent and zone.parent not in words and not context.zones_named(zone.parent)[0]:
            remarks.refuse(zone.row, cells.header("parent"), f"上级“{zone.parent}”没有登记，也不在本文件里。")
    _warn_about_loops(zones, remarks)
    return ZonesContent(tuple(zones.values())), read, len(zones)


def _zone(cells: Cells, row: SourceRow, context: Context, remarks: Remarks) -> ListedZone | None:
    name = squeeze(cells.text(row, "name"))
    if not name or len(name) > LONGEST_CODE:
        remarks.refuse(row.number, cells.header("name"), "没有片区名称，或名称过长。")
        return None
    word = squeeze(cells.text(row, "level"))
    level = ZONE_LEVELS.get(word) or _level_by_name(name)
    if word and word not in ZONE_LEVELS:
        remarks.warn(row.number, cells.header("level"), f"级别“{word}”认不出来，按街道一级登记，请核对。")
    if cells.text(row, "evidence") not in ("", "seed"):
        remarks.once(Level.WARN, cells.header("evidence"), "依据不是本区正式文件，请核对片区是否仍然有效。")
    return ListedZone(
        row=row.number,
        code=squeeze(cells.text(row, "code")) or name,
        name=name,
        level=level,
        parent=squeeze(cells.text(row, "parent")),
        valid_from=_date(cells, row, "valid_from", context, remarks),
        valid_to=_date(cells, row, "valid_to", context, remarks),
    )


def _level_by_name(name: str) -> ZoneLevel:
    ends = (word for word in sorted(ZONE_LEVELS, key=len, reverse=True) if name.endswith(word))
    found = next(ends, None)
    return ZONE_LEVELS[found] if found else ZoneLevel.STREET


def _date(cells: Cells, row: SourceRow, use: str, context: Context, remarks: Remarks) -> dt.date | None:
    text = cells.text(row, use)
    if not text:
        return None
    read = read_date(text, context.today)
    if read.date is None:
        remarks.refuse(row.number, cells.header(use), f"{read.remark}。")
    return read.date


def _warn_about_loops(zones: dict[str, ListedZone], remarks: Remarks) -> None:
    by_word = {zone.name: zone for zone in zones.values()} | zones
    for zone in zones.values():
        above, steps = zone.parent, 0
        while above in by_word and steps <= len(ZoneLevel):
            above, steps = by_word[above].parent, steps + 1
        if steps > len(ZoneLevel):
            remarks.refuse(zone.row, "上级", f"片区“{zone.name}”的上级绕成了圈或层级过多。")


def check_departments(
    head: TableHead, rows: Iterable[SourceRow], context: Context, remarks: Remarks
) -> tuple[DepartmentsContent, int, int]:
    """Departments of the file, rows read and kept; collectives are not departments and are left out with a warning."""
    cells, read, found = Cells(head), 0, dict[str, ListedDepartment]()
    for row in rows:
        read += 1
        department = _department(cells, row, context, remarks)
        if department and department.code in found:
            remarks.refuse(row.number, cells.header("name"), f"部门“{department.name}”重复。")
        elif department:
            found[department.code] = department
    words = {word for one in found.values() for word in (one.code, one.name)}
    for one in found.values():
        if one.successor and one.successor not in words | context.departments_by_name.keys():
            remarks.refuse(one.row, cells.header("successor"), f"承继部门“{one.successor}”没有登记。")
    return DepartmentsContent(tuple(found.values())), read, len(found)


def _department(cells: Cells, row: SourceRow, context: Context, remarks: Remarks) -> ListedDepartment | None:
    name = squeeze(cells.text(row, "name"))
    if not name or len(name) > LONGEST_CODE:
        remarks.refuse(row.number, cells.header("name"), "没有部门名称，或名称过长。")
        return None
    if is_collective(name) or cells.text(row, "collective").upper() == "Y":
        sentence = f"“{name}”是各街道的统称，不是一个部门；在项目里出现时按当年的街道展开。"
        remarks.warn(row.number, cells.header("name"), sentence)
        return None
    valid_to = _date(cells, row, "valid_to", context, remarks)
    successor = squeeze(cells.text(row, "successor"))
    if name in REORGANISED and not (valid_to or successor):
        remarks.warn(row.number, cells.header("name"), old_name(name))
    return ListedDepartment(
        row=row.number,
        code=squeeze(cells.text(row, "code")) or name,
        name=name,
        kind=department_kind(name),
        successor=successor,
        valid_from=_date(cells, row, "valid_from", context, remarks),
        valid_to=valid_to,
    )


def old_name(name: str) -> str:
    """The sentence about a department's name from before the reforms."""
    return f"“{name}”是机构改革前的名称，可能已更名或合并（如{REORGANISED[name]}），请核对并填失效日期和承继部门。"


def check_calendar(
    head: TableHead, rows: Iterable[SourceRow], context: Context, remarks: Remarks
) -> tuple[CalendarContent, int, int]:
    """Days of an official table, rows read and kept. The installation keeps one entry for a day."""
    cells, table, read, days = Cells(head), DayTable(), 0, dict[dt.date, ListedDay]()
    for row in rows:
        read += 1
        # Official calendars speak of coming days, so a date in the future is no remark here.
        day = read_date(cells.text(row, "date"), dt.date(context.today.year + 5, 12, 31))
        written = day.date.isoformat() if day.date and day.certain else ""
        try:
            listed = table.read(row.number, written, squeeze(cells.text(row, "kind")), cells.text(row, "name"))
        except CalendarRowRefused as refused:
            remarks.refuse(row.number, cells.header(refused.column), refused.sentence)
            continue
        if listed.day in days:
            remarks.refuse(row.number, cells.header("date"), f"{listed.day}已有一行，每天只登记一种，请留要紧的一行。")
        days.setdefault(listed.day, ListedDay(listed.day, listed.kind, listed.name, cells.text(row, "source")))
    _warn_about_years(days, remarks)
    return CalendarContent(tuple(days.values())), read, len(days)


def _warn_about_years(days: dict[dt.date, ListedDay], remarks: Remarks) -> None:
    for year in sorted({day.year for day in days}):
        if DayKind.holiday not in {listed.kind for day, listed in days.items() if day == dt.date(year, 10, 1)}:
            sentence = f"{year}年的表里没有国庆节，不算完整的官方日历，该年仍标“暂定”。"
            remarks.warn(WHOLE_FILE, "日期", sentence)
