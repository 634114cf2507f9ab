"""One row of a roster: names, phones, zone, date and amount read, with a remark for everything that is not plain. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from callbacks.frame.context import Context, KnownProject, KnownZone
from callbacks.frame.files.amounts import read_amount
from callbacks.frame.files.cleaning import squeeze
from callbacks.frame.files.columns import Column
from callbacks.frame.files.dates import read_date, read_year
from callbacks.frame.files.tables import SourceRow
from callbacks.frame.lists.words import Relation, ZoneLevel
from callbacks.frame.remarks import Remarks
from callbacks.frame.reports import Level
from callbacks.rules.phone_numbers import PhoneNumber, ProblemKind, normalise

_SUMS = ("合计", "总计", "小计", "总合计", "本页小计", "本页合计")
_SIGNATURES = re.compile("^(?:制表|填表|审核|负责人|经办|单位盖章|填报|备注|注|说明|联系人)")
_ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")
_SPLITS = {ProblemKind.several: re.compile("[/,;、|或和]+"), ProblemKind.too_long: re.compile(r"\s+")}
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·•.]{1,20}|[A-Za-z][A-Za-z .'\-]{1,58}")
_SEX = {"男": "male", "女": "female", "男性": "male", "女性": "female", "1": "male", "2": "female"}
_VISITS = frozenset({"人次", "件次", "次", "件", "例", "人(次)"})
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class ListedPhone:
    """A readable number, whose it is, and what kind."""

    digits: str
    kind: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class RosterRow:
    """What one row says of one person."""

    row: int
    project: KnownProject
    name: str
    guardian: str
    phones: tuple[ListedPhone, ...]
    zone: KnownZone | None
    community: str
    address: str
    event_date: dt.date | None
    amount: Fraction | None
    channel: str
    person_number: str
    birth_year: int | None
    sex: str
    language: str


class RosterReader:
    """Reads the rows of one file; keeps nothing but its columns and remarks."""

    def __init__(self, columns: tuple[Column, ...], context: Context, remarks: Remarks) -> None:
        self.context = context
        self.remarks = remarks
        self.columns: dict[str, list[Column]] = {}
        for column in columns:
            self.columns.setdefault(column.use, []).append(column)
        self.header = tuple(column.header for column in columns)

    def _text(self, row: SourceRow, use: str) -> str:
        return next((text for text in self._texts(row, use)), "")[:LONGEST_TEXT]

    def _texts(self, row: SourceRow, use: str) -> Iterator[str]:
        return (row.cell(column.index) for column in self.columns.get(use, ()) if row.cell(column.index))

    def read(self, row: SourceRow) -> RosterRow | None:
        """The row, or None when it is no person (sums, signatures, a repeated header) or was refused."""
        name = squeeze(self._text(row, "name"))
        if self._is_no_person(row, name):
            return None
        project = self._project(row)
        if not self._name_stands(row, name) or project is None:
            return None
        guardian = squeeze(self._text(row, "guardian_name"))
        phones = self._phones(row)
        self._guardian(row, project, guardian, phones)
        event_date, amount = self._event_date(row), self._amount(row)
        self._unit(row)
        community = squeeze(self._text(row, "community"))
        return RosterRow(
            row=row.number,
            project=project,
            name=name,
            guardian=guardian,
            phones=phones,
            zone=self._zone(row, community),
            community=community,
            address=self._text(row, "address"),
            event_date=event_date,
            amount=amount,
            channel=self._text(row, "channel"),
            person_number=self._person_number(row),
            birth_year=self._birth_year(row),
            sex=_SEX.get(self._text(row, "sex"), ""),
            language=self._text(row, "language"),
        )

    def _is_no_person(self, row: SourceRow, name: str) -> bool:
        filled = [squeeze(cell) for cell in row.cells if cell]
        if filled[0] in _SUMS or name in _SUMS:
            self.remarks.note(row.number, "", "合计行，不作为一个人，已跳过。")
        elif _SIGNATURES.match(filled[0]) and len(filled) <= 4 and not any(self._texts(row, "phone")):
            self.remarks.note(row.number, "", "制表或说明行，不作为一个人，已跳过。")
        elif all(cell in ("", head) for cell, head in zip(row.cells, self.header, strict=False)):
            self.remarks.note(row.number, "", "重复的表头，已跳过。")
        else:
            return False
        return True

    def _name_stands(self, row: SourceRow, name: str) -> bool:
        if not name:
            self.remarks.refuse(row.number, "姓名", "没有姓名，请补上或删掉这一行。")
        elif not _NAME.fullmatch(name):
            self.remarks.refuse(row.number, "姓名", "姓名里有数字或符号，或过长，请核对是否错列。")
        else:
            return True
        return False

    def _project(self, row: SourceRow) -> KnownProject | None:
        word = self._text(row, "project")
        named = self.context.projects_by_word.get(word) or self.context.projects_by_word.get(squeeze(word))
        chosen = named or self.context.project
        if word and named is None and self.context.project is None:
            self.remarks.refuse(row.number, "项目", "这个项目没有登记，请先导入项目或改正项目代码。")
        elif named and self.context.project and named.id != self.context.project.id:
            self.remarks.refuse(row.number, "项目", f"这一行写的项目与所选项目{self.context.project.code}不同。")
        elif chosen is None:
            self.remarks.refuse(row.number, "项目", "没有写项目，也没有选择项目。")
        return chosen

    def _phones(self, row: SourceRow) -> tuple[ListedPhone, ...]:
        found: dict[str, ListedPhone] = {}
        for use, relation in (("phone", Relation.SELF), ("guardian_phone", Relation.GUARDIAN)):
            for column in self.columns.get(use, ()):
                for number in self._numbers(row, column):
                    found.setdefault(number.digits, ListedPhone(number.digits, number.kind.value, relation))
        if not found:
            self.remarks.warn(row.number, "电话", "没有可用的电话，个案将先进号码核补。")
        return tuple(found.values())

    def _numbers(self, row: SourceRow, column: Column) -> Iterator[PhoneNumber]:
        text = row.cell(column.index)
        if not text:
            return
        read = normalise(text)
        if not isinstance(read, PhoneNumber) and read.kind in _SPLITS:
            plain = unicodedata.normalize("NFKC", text)
            parts = [normalise(part) for part in _SPLITS[read.kind].split(plain) if part]
            usable = [part for part in parts if isinstance(part, PhoneNumber)]
            if len(usable) > 1 or (usable and read.kind is ProblemKind.several):
                self.remarks.warn(row.number, column.header, f"一格里有多个号码，已拆成{len(usable)}个，按先后拨打。")
                yield from usable
                return
        if isinstance(read, PhoneNumber):
            yield read
        elif read.kind is ProblemKind.scientific:
            self.remarks.refuse(row.number, column.header, f"{read.sentence}。")
        elif read.kind is ProblemKind.lost_zero and read.suggestion:
            self.remarks.warn(row.number, column.header, f"{read.sentence}；暂按补0后的号码登记为未核。")
            yield from [number for number in [normalise(read.suggestion)] if isinstance(number, PhoneNumber)]
        else:
            self.remarks.warn(row.number, column.header, f"{read.sentence}；这个号码没有导入。")

    def _guardian(self, row: SourceRow, project: KnownProject, guardian: str, phones: tuple[ListedPhone, ...]) -> None:
        if not project.needs_guardian or any(phone.relation is Relation.GUARDIAN for phone in phones):
            return
        if guardian and phones:
            sentence = "本项目须由监护人回答，没有监护人电话列，电话按监护人的使用，接通后先核实身份。"
            self.remarks.once(Level.WARN, "监护人", sentence)
        else:
            self.remarks.warn(row.number, "监护人", "缺监护人或其电话，个案将从号码核补开始，不拨打本人。")

    def _event_date(self, row: SourceRow) -> dt.date | None:
        text = self._text(row, "event_date")
        if not text:
            if "event_date" in self.columns:
                self.remarks.warn(row.number, self._header("event_date"), "没有日期，不会按到期安排回访。")
            return None
        read = read_date(text, self.context.today)
        if read.date is None:
            self.remarks.refuse(row.number, self._header("event_date"), f"{read.remark}。")
        elif read.remark:
            self.remarks.warn(row.number, self._header("event_date"), f"{read.remark}。")
        return read.date

    def _header(self, use: str) -> str:
        return self.columns[use][0].header if use in self.columns else ""

    def _amount(self, row: SourceRow) -> Fraction | None:
        column = self.columns.get("amount", [None])[0]
        text = row.cell(column.index) if column else ""
        if not text or column is None:
            return None
        read = read_amount(text, column.unit)
        if read is None:
            self.remarks.warn(row.number, column.header, "金额认不出来，没有登记金额档次。")
        return read

    def _unit(self, row: SourceRow) -> None:
        unit = squeeze(self._text(row, "unit"))
        if unit in _VISITS:
            self.remarks.once(Level.WARN, "单位", f"单位是“{unit}”，不是人数：已按人归并，次数另记。")
        elif unit in ("户", "家", "套"):
            self.remarks.once(Level.WARN, "单位", "按户登记：每户只记户主一人，不按家庭人口计人数。")

    def _zone(self, row: SourceRow, community: str) -> KnownZone | None:
        name = self._text(row, "zone")
        if not name:
            if "zone" in self.columns:
                self.remarks.warn(row.number, self._header("zone"), "没有片区，不能按片区分派和统计。")
            return self._community(row, community, None) if community and "zone" not in self.columns else None
        if not self.context.zones:
            self.remarks.once(Level.REFUSE, self._header("zone"), "还没有导入片区，请先导入片区再导入名单。")
            return None
        found, completed = self.context.zones_named(name)
        if len(found) != 1:
            self._unknown_zone(row, name, ambiguous=len(found) > 1)
            return None
        if completed:
            self.remarks.once(Level.WARN, self._header("zone"), f"片区“{name}”按“{found[0].name}”登记，请核对。")
        return self._community(row, community, found[0]) if community else found[0]

    def _unknown_zone(self, row: SourceRow, name: str, ambiguous: bool) -> None:
        like = self.context.like(name)
        if ambiguous:
            sentence = f"有几个片区都叫“{name}”，请写片区代码。"
        else:
            sentence = f"没有叫“{name}”的片区" + (f"，是不是“{like}”？" if like else "。")
        self.remarks.refuse(row.number, self._header("zone"), sentence)

    def _community(self, row: SourceRow, name: str, street: KnownZone | None) -> KnownZone | None:
        found, completed = self.context.zones_named(name)
        below = [zone for zone in found if zone.level == ZoneLevel.COMMUNITY]
        below = [zone for zone in below if street is None or zone.parent_id == street.id]
        if len(below) == 1 and not completed:
            return below[0]
        self.remarks.once(Level.NOTE, self._header("community"), "社区没有登记为片区，按街道登记。")
        return street

    def _person_number(self, row: SourceRow) -> str:
        number = squeeze(self._text(row, "person_number"))
        if _ID_NUMBER.fullmatch(number):
            self.remarks.once(Level.WARN, self._header("person_number"), "编号列里是身份证号，已丢弃，不作编号。")
            return ""
        return number

    def _birth_year(self, row: SourceRow) -> int | None:
        text = self._text(row, "birth_year")
        year = read_year(text, self.context.today) if text else None
        if text and year is None:
            self.remarks.warn(row.number, self._header("birth_year"), "出生年认不出来，没有登记。")
        return year
