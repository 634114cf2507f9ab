"""Which column of a foreign table means what: header words, required sets, and the header row below titles. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

HEADER_SEARCH_ROWS = 20
"""A header further down than this is no header."""


class Kind(StrEnum):
    """What a file brings."""

    DEPARTMENTS = "departments"
    ZONES = "zones"
    PROJECTS = "projects"
    ROSTER = "roster"
    CALENDAR = "calendar"


KIND_WORDS = {
    Kind.DEPARTMENTS: "部门",
    Kind.ZONES: "片区",
    Kind.PROJECTS: "项目",
    Kind.ROSTER: "名单",
    Kind.CALENDAR: "工作日历",
}

DROPPED = {
    "id_number": "身份证号不导入，整列已丢弃",
    "bank_account": "银行卡号和一卡通账号不导入，整列已丢弃",
    "diagnosis": "病种、残疾类别等健康信息不导入，整列已丢弃",
    "belief": "民族、宗教信仰、政治面貌不导入，整列已丢弃",
}

_ROSTER = {
    "name": (
        "姓名 户主姓名 户主 受益人 受益人姓名 受益对象 补贴对象 补助对象 学生姓名 老人姓名 受助人 申请人 参保人 name"
    ),
    "phone": (
        "联系电话 手机 手机号 手机号码 电话 电话号码 联系方式 本人电话 联系电话号码 户主电话 本人手机 联系手机 phone"
    ),
    "guardian_name": "监护人 监护人姓名 家长姓名 家长 法定监护人 监护人名字",
    "guardian_phone": "监护人电话 监护人手机 监护人联系电话 监护人联系方式 家长电话 家长手机 家长联系电话",
    "id_number": (
        "身份证号 身份证 身份证号码 公民身份号码 证件号码 证件号 户主身份证号 监护人身份证号 残疾证号 残疾人证号"
    ),
    "bank_account": (
        "银行卡 银行卡号 银行账号 银行帐号 一卡通账号 一卡通帐号 一卡通号 一卡通 卡号 账号 开户账号 社保卡号"
    ),
    "diagnosis": "病种 疾病 疾病名称 诊断 诊断结果 残疾类别 残疾等级 残疾类型 病名",
    "belief": "民族 宗教 宗教信仰 政治面貌",
    "zone": "街道 乡镇 街道乡镇 乡镇街道 镇街 街镇 片区 所属街道 所在街道 所属乡镇 街乡 区域 zone",
    "community": "社区 村 社区村 村社区 村居 居委会 所属社区 所在社区 村委会",
    "address": "家庭住址 住址 地址 家庭地址 详细地址 居住地址 现住址",
    "event_date": (
        "发放日期 发放时间 打卡日期 打卡时间 完工日期 完成日期 完成时间 办理日期 服务日期 支付日期 "
        "到账日期 赔付日期 培训日期 体检日期 发放月份 事项日期 日期"
    ),
    "amount": "发放金额 金额 补贴金额 补助金额 实发金额 发放标准 打卡金额 赔付金额 报销金额 救助金额",
    "channel": "发放方式 发放渠道 支付方式",
    "person_number": "人员编号 系统编号 人员编码 个人编号 对象编号 person_number",
    "birth_year": "出生年 出生年份 出生日期 出生年月 生日 birth_year",
    "sex": "性别 sex",
    "language": "方言 语言 方言语言 通话语言",
    "project": "项目代码 项目编码 项目 项目名称 补贴项目",
    "unit": "单位 计量单位 统计单位",
    "serial": "序号 行号 编号 no",
    "remark": "备注 说明",
}
_PROJECTS = {
    "code": "代码 项目代码 项目编码 编码 project_code",
    "item_no": "item_no 序号 项目序号",
    "name": "名称 项目名称 项目 derived_project_name",
    "text": "内容 项目内容 原文 目标任务 text quote",
    "public_name": "对外名称",
    "spoken_name": "口头名称",
    "note": "说明 备注",
    "project_class": "类别 项目类别 derived_project_class derived_class",
    "section": "领域 板块 章节 section domain",
    "section_no": "section_no",
    "lead": "责任部门 牵头部门 责任单位 牵头单位 lead_department",
    "coop": "配合部门 配合单位 协办部门 coop_departments",
    "coop_all": "coop_all_streets",
    "coop_raw": "coop_raw",
    "count": "受益人数 受益数 惠及人数 beneficiary_count",
    "unit": "单位 计量单位 unit",
    "unit_kind": "unit_kind",
    "budget": "资金 资金万元 投入资金 fund_wan_yuan",
    "beneficiary": "受益对象 服务对象 derived_beneficiary_type",
    "respondent": "受访人 derived_respondent",
    "frame": "名单类型 derived_frame",
    "sampling": "derived_sampling",
    "sensitive": "敏感 是否敏感 derived_sensitive",
    "sensitive_why": "derived_sensitive_why",
    "minor": "未成年 未成年人",
    "education": "教育类",
    "window_from": "回访起始天",
    "window_to": "回访截止天",
    "extra": "extra",
    "year": "年份 年度 year",
    "district": "区县 地区 district",
    "source": "来源 source_seed",
}
_ZONES = {
    "code": "代码 片区代码 区划代码 编码",
    "name": "名称 片区 片区名称 街道 街道名称 社区 zone",
    "level": "级别 类型 层级 zone_kind",
    "parent": "上级 上级片区 上级代码 所属街道 上级名称",
    "valid_from": "生效日期 启用日期",
    "valid_to": "失效日期 停用日期",
    "evidence": "evidence",
    "note": "说明 备注 what_the_seed_says",
    "source": "source_seed 来源",
}
_DEPARTMENTS = {
    "code": "代码 部门代码 编码",
    "name": "名称 部门 部门名称 单位名称 单位 department",
    "level": "类型 部门类型 性质",
    "valid_from": "生效日期 成立日期 启用日期",
    "valid_to": "失效日期 撤销日期 停用日期",
    "successor": "承继部门 承继 合并到 更名为",
    "collective": "is_collective 集合",
    "note": "items_as_lead lead_item_nos items_as_coop coop_item_nos 备注 说明",
    "source": "source_seed 来源",
}
_CALENDAR = {
    "date": "date 日期",
    "kind": "kind 类型 类别",
    "name": "festival 名称 节日",
    "source": "source 来源 依据",
}
_WORDS: Mapping[Kind, Mapping[str, str]] = {
    Kind.ROSTER: _ROSTER,
    Kind.PROJECTS: _PROJECTS,
    Kind.ZONES: _ZONES,
    Kind.DEPARTMENTS: _DEPARTMENTS,
    Kind.CALENDAR: _CALENDAR,
}
_MEANING = {kind: {word: use for use, words in uses.items() for word in words.split()} for kind, uses in _WORDS.items()}

REQUIRED: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.ROSTER: (("name",), ("phone", "guardian_phone")),
    Kind.PROJECTS: (("name", "text"), ("project_class", "code", "item_no")),
    Kind.ZONES: (("name",), ("level", "code", "parent")),
    Kind.DEPARTMENTS: (("name",),),
    Kind.CALENDAR: (("date",), ("kind",)),
}
"""Every inner tuple needs at least one of its columns."""

USE_WORDS = {
    "name": "姓名或名称",
    "phone": "电话",
    "guardian_name": "监护人姓名",
    "guardian_phone": "监护人电话",
    "zone": "片区",
    "community": "社区",
    "address": "住址（加密保存）",
    "event_date": "发放或完成日期",
    "amount": "金额（只留档次）",
    "channel": "发放方式",
    "person_number": "人员编号",
    "birth_year": "出生年（只留年份）",
    "sex": "性别",
    "language": "方言或语言",
    "project": "项目",
    "unit": "计量单位",
    "code": "代码",
    "item_no": "条目序号",
    "text": "原文",
    "public_name": "对外名称",
    "spoken_name": "口头名称",
    "project_class": "项目类别",
    "section": "领域",
    "lead": "责任部门",
    "coop": "配合部门",
    "count": "受益人数",
    "budget": "资金",
    "beneficiary": "受益对象",
    "frame": "名单类型",
    "sensitive": "敏感",
    "minor": "未成年",
    "education": "教育类",
    "window_from": "回访起始天",
    "window_to": "回访截止天",
    "level": "级别或类型",
    "parent": "上级",
    "valid_from": "生效日期",
    "valid_to": "失效日期",
    "successor": "承继部门",
    "date": "日期",
    "kind": "类型",
    "year": "年份",
    "district": "区县",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its words, its meaning (`""` when unknown) and the money unit its header names."""

    index: int
    header: str
    use: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """The header row (0-based among the rows looked at) and what its columns mean."""

    row: int
    columns: tuple[Column, ...]

    @property
    def known(self) -> int:
        """How many columns were recognised."""
        return sum(1 for column in self.columns if column.use)

    def missing(self, kind: Kind) -> tuple[str, ...]:
        """Words for each required column that the header lacks."""
        uses = {column.use for column in self.columns}
        lacking = [group for group in REQUIRED[kind] if not uses.intersection(group)]
        return tuple("或".join(USE_WORDS[use] for use in group) for group in lacking)


_UNIT = re.compile(r"[((\[【](.*?)[))\]】]")
_NOISE = re.compile(r"[\s*::_\-—/、·.]+")
_NUMBERED = re.compile(r"(\d+|[一二三四五])$")


def header_word(text: str) -> str:
    """A header cell without spaces, stars, brackets and case, so that synonyms compare equal."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[A-Za-z_ ]+", plain):
        return plain.lower().replace(" ", "_")
    return _NOISE.sub("", _UNIT.sub("", plain)).lower()


def meaning(kind: Kind, text: str) -> str:
    """The use of a header cell, or `""`. A number at the end (电话1, 电话二) is a further column of the same use."""
    word = header_word(text)
    table = _MEANING[kind]
    if word in table:
        return table[word]
    return table.get(_NUMBERED.sub("", word), "") if kind is Kind.ROSTER else ""


def _match(kind: Kind, row: int, cells: Sequence[str]) -> HeaderMatch:
    columns = []
    for index, cell in enumerate(cells):
        bracket = _UNIT.search(unicodedata.normalize("NFKC", cell))
        inside = bracket.group(1) if bracket else ""
        use = meaning(kind, cell)
        if use in ("name", "phone") and re.search("监护|家长", inside):
            use = f"guardian_{use}"
        columns.append(Column(index, cell.strip(), use, inside))
    return HeaderMatch(row, tuple(columns))


def _under(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """A header of two rows with merged cells: the lower words, and the upper ones where the lower cell is empty."""
    width = max(len(upper), len(lower))
    above = list(upper) + [""] * (width - len(upper))
    below = list(lower) + [""] * (width - len(lower))
    return [low if low.strip() else high for high, low in zip(above, below, strict=True)]


def find_header(kind: Kind, rows: Sequence[Sequence[str]]) -> HeaderMatch | None:
    """The row that names the columns, below any titles; None when no row holds the required ones.

    Of several rows that would do, the one with most known columns wins, then the upper one.
    """
    best: HeaderMatch | None = None
    for index, cells in enumerate(rows[:HEADER_SEARCH_ROWS]):
        tries = [_match(kind, index, cells)]
        if index:
            tries.append(_match(kind, index, _under(rows[index - 1], cells)))
        for found in tries:
            if not found.missing(kind) and found.known > (best.known if best else 0):
                best = found
    return best


def nearest_header(kind: Kind, rows: Sequence[Sequence[str]]) -> HeaderMatch | None:
    """The row that knows most columns although required ones are missing; for the sentence of a refusal."""
    tries = [_match(kind, index, cells) for index, cells in enumerate(rows[:HEADER_SEARCH_ROWS])]
    known = [found for found in tries if found.known]
    return max(known, key=lambda found: found.known) if known else None
