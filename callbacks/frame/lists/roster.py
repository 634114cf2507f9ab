"""A roster folded from rows to people: payments counted, shared numbers found, units kept apart. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from callbacks.frame.context import Context, KnownProject, KnownZone
from callbacks.frame.files.amounts import band, misfits
from callbacks.frame.files.columns import DROPPED
from callbacks.frame.files.tables import SourceRow, TableHead
from callbacks.frame.lists.roster_rows import ListedPhone, RosterReader, RosterRow
from callbacks.frame.lists.words import SHARED_BY, WITHOUT_LIST, FrameKind
from callbacks.frame.remarks import Remarks
from callbacks.frame.reports import WHOLE_FILE

PHONES_KEPT = 5
SHORT_NUMBERS = 5
"""Person numbers of at most this many digits that count 1, 2, 3 ... are line numbers, not keys."""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person of one project's list. `key` are the parts that tell people apart; they are digested before storage."""

    row: int
    project: KnownProject
    key: tuple[str, ...]
    name: str
    guardian: str
    phones: tuple[ListedPhone, ...]
    zone: KnownZone | None
    address: str
    birth_year: int | None
    sex: str
    language: str
    event_date: dt.date | None
    amount_band: str
    channel: str
    payments: int


@dataclass(frozen=True, slots=True)
class RosterContent:
    """The people of a checked roster."""

    people: tuple[ListedPerson, ...]
    frame_date: dt.date


@dataclass(slots=True)
class _Fold:
    first: RosterRow
    last: RosterRow
    phones: dict[str, ListedPhone] = field(default_factory=dict)
    payments: int = 0

    def take(self, row: RosterRow) -> None:
        self.payments += 1
        for phone in row.phones:
            if len(self.phones) < PHONES_KEPT:
                self.phones.setdefault(phone.digits, phone)
        if (row.event_date or dt.date.min) >= (self.last.event_date or dt.date.min):
            self.last = row


def check(
    head: TableHead, rows: Iterable[SourceRow], context: Context, remarks: Remarks
) -> tuple[RosterContent, int, int]:
    """People of the file, the number of rows read, and of people kept; remarks go to `remarks`."""
    reader = RosterReader(head.columns, context, remarks)
    _say_what_is_dropped(head, remarks)
    folds: dict[tuple[str, ...], _Fold] = {}
    nameless: Counter[tuple[str, ...]] = Counter()
    amounts: list[tuple[int, Fraction]] = []
    read = 0
    for source in rows:
        read += 1
        row = reader.read(source)
        if row is None:
            continue
        if row.amount is not None:
            amounts.append((row.row, row.amount))
        key = _key(row, nameless)
        folds.setdefault((row.project.code, *key), _Fold(row, row)).take(row)
    _doubt_amounts(amounts, reader, remarks)
    _refuse_line_numbers(folds, remarks)
    _say_shared(folds, remarks)
    _say_projects_without_lists(folds, remarks)
    people = tuple(_person(key[1:], fold) for key, fold in folds.items())
    _count(people, read, remarks)
    if not people and not remarks.refused:
        remarks.refuse(WHOLE_FILE, "", "文件里没有一个可以导入的人。")
    return RosterContent(people, context.today), read, len(people)


def _say_what_is_dropped(head: TableHead, remarks: Remarks) -> None:
    for column in head.columns:
        if column.use in DROPPED:
            remarks.warn(WHOLE_FILE, column.header, f"{DROPPED[column.use]}。")
    for name in head.skipped:
        remarks.note(WHOLE_FILE, "", f"工作表“{name}”没有认出表头，没有读取。")


def _key(row: RosterRow, nameless: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    """What tells people apart: the department's number, else name and phone; without both, the n-th such name here."""
    if row.person_number:
        # Two departments may number their people alike.
        source = row.project.lead_department_id or row.project.code
        return ("number", str(source), row.person_number)
    if row.phones:
        return ("phone", row.name, row.phones[0].digits)
    place = ("place", row.name, row.zone.code if row.zone else "", row.community, str(row.birth_year or ""))
    nameless[place] += 1
    return (*place, str(nameless[place]))


def _doubt_amounts(amounts: list[tuple[int, Fraction]], reader: RosterReader, remarks: Remarks) -> None:
    header = reader.columns["amount"][0].header if "amount" in reader.columns else ""
    for row in misfits(amounts):
        remarks.warn(row, header, "金额与本列其他行相差千倍以上，疑为元与万元混用，请核对；只登记档次。")


def _refuse_line_numbers(folds: dict[tuple[str, ...], _Fold], remarks: Remarks) -> None:
    numbers = {key[3] for key in folds if key[1] == "number"}
    plain = {int(number) for number in numbers if number.isdecimal() and len(number) <= SHORT_NUMBERS}
    if len(plain) == len(numbers) > 2 and plain == set(range(min(plain), min(plain) + len(plain))) and min(plain) <= 1:
        sentence = "“人员编号”列是1、2、3……的行号，换一个文件就对不上人；请把列名改为“序号”再导入。"
        remarks.refuse(WHOLE_FILE, "人员编号", sentence)


def _say_shared(folds: dict[tuple[str, ...], _Fold], remarks: Remarks) -> None:
    owners: dict[str, set[tuple[str, ...]]] = {}
    rows: dict[str, list[int]] = {}
    for key, fold in folds.items():
        for digits in fold.phones:
            owners.setdefault(digits, set()).add(key[1:])
            rows.setdefault(digits, []).append(fold.first.row)
    for digits, people in owners.items():
        if len(people) >= SHARED_BY:
            remarks.totals["代留号码"] += 1
            for row in rows[digits]:
                remarks.warn(row, "电话", f"同一号码登记了{len(people)}个人，疑为代留，已标记，须核实本人号码。")


def _say_projects_without_lists(folds: dict[tuple[str, ...], _Fold], remarks: Remarks) -> None:
    for project in {fold.first.project for fold in folds.values()}:
        if project.frame_kind != FrameKind.LIST:
            way = WITHOUT_LIST[FrameKind(project.frame_kind)]
            remarks.warn(WHOLE_FILE, "项目", f"项目{project.code}登记为没有名单的项目：{way}")
        if project.unit_kind == "visit":
            remarks.warn(WHOLE_FILE, "项目", f"项目{project.code}按人次登记，已按人去重；人次不作抽样总数。")


def _person(key: tuple[str, ...], fold: _Fold) -> ListedPerson:
    last, first = fold.last, fold.first
    return ListedPerson(
        row=first.row,
        project=first.project,
        key=key,
        name=first.name,
        guardian=last.guardian or first.guardian,
        phones=tuple(fold.phones.values()),
        zone=last.zone or first.zone,
        address=last.address or first.address,
        birth_year=last.birth_year or first.birth_year,
        sex=last.sex or first.sex,
        language=last.language or first.language,
        event_date=last.event_date,
        amount_band="" if last.amount is None else band(last.amount),
        channel=last.channel,
        payments=fold.payments,
    )


def _count(people: tuple[ListedPerson, ...], read: int, remarks: Remarks) -> None:
    remarks.totals["数据行"] = read
    remarks.totals["人"] = len(people)
    remarks.totals["归并的发放记录"] = sum(person.payments for person in people) - len(people)
    remarks.totals["没有电话的人"] = sum(not person.phones for person in people)
    remarks.totals["没有片区的人"] = sum(person.zone is None for person in people)
    remarks.totals["没有日期的人"] = sum(person.event_date is None for person in people)
