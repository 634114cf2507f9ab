"""Words of the imported tables and the one mapping from the words of official files to them. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class ProjectClass(StrEnum):
    """Mechanism of a project."""

    SUBSIDY = "subsidy"
    CONSTRUCTION = "construction"
    INSURANCE = "insurance"
    SERVICE = "service"
    GOVERNANCE = "governance"
    TRAINING = "training"


class FrameKind(StrEnum):
    """Where the people of a project can be found."""

    LIST = "list"
    AREA = "area"
    PUBLIC = "public"
    ORG = "org"


class ZoneLevel(StrEnum):
    """Levels of a zone; towns and development zones are of level street."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


class Relation(StrEnum):
    """Whose number it is."""

    SELF = "self"
    GUARDIAN = "guardian"


UNCHECKED = "unchecked"
"""Status of a number that nobody has tried yet."""
SHARED_BY = 3
"""A number that three people share belongs to somebody who keeps lists (代留)."""
PROJECT_CLASSES: Mapping[str, ProjectClass] = {
    "补助": ProjectClass.SUBSIDY,
    "工程": ProjectClass.CONSTRUCTION,
    "参保补偿": ProjectClass.INSURANCE,
    "服务": ProjectClass.SERVICE,
    "公共服务": ProjectClass.SERVICE,
    "治理": ProjectClass.GOVERNANCE,
    "管理治理": ProjectClass.GOVERNANCE,
    "培训就业": ProjectClass.TRAINING,
}
FRAME_KINDS: Mapping[str, FrameKind] = {
    **{kind.value: kind for kind in FrameKind},
    "名单": FrameKind.LIST,
    "点位": FrameKind.AREA,
    "公众": FrameKind.PUBLIC,
    "机构": FrameKind.ORG,
}
WITHOUT_LIST: Mapping[FrameKind, str] = {
    FrameKind.AREA: "没有名单：按点位（小区、路段）入户访问，每点位20至30户；或向社区索取点位住户名册后按名单导入。",
    FrameKind.PUBLIC: "面向公众，没有名单：用公开二维码或拦访征集意见，只作参考不计区间；要计区间须另取抽样电话名单。",
    FrameKind.ORG: "对象是机构：请提供各机构联系人名单后按名单导入，全数回访。",
}
"""What can be done for a project that has no list of people."""
ZONE_LEVELS: Mapping[str, ZoneLevel] = {
    **{level.value: level for level in ZoneLevel},
    **dict.fromkeys(("区", "县", "市", "区县", "旗"), ZoneLevel.DISTRICT),
    **dict.fromkeys(("街道", "镇", "乡", "乡镇", "开发区", "街镇", "街乡"), ZoneLevel.STREET),
    **dict.fromkeys(("社区", "村", "居委会", "村委会", "社区村"), ZoneLevel.COMMUNITY),
    **dict.fromkeys(("网格",), ZoneLevel.GRID),
}
NEUTRAL_NAMES: Mapping[ProjectClass, str] = {
    ProjectClass.SUBSIDY: "一项民生补助",
    ProjectClass.CONSTRUCTION: "一项民生工程",
    ProjectClass.INSURANCE: "一项民生保障",
    ProjectClass.SERVICE: "一项民生服务",
    ProjectClass.GOVERNANCE: "一项民生工作",
    ProjectClass.TRAINING: "一项就业服务",
}
"""What may be said of a sensitive project before the person is known."""
YES = frozenset({"y", "yes", "是", "1", "true", "√"})
NO = frozenset({"n", "no", "否", "0", "false", "", "×"})
REORGANISED: Mapping[str, str] = {
    "卫计局": "卫生健康局",
    "安监局": "应急管理局",
    "食安办": "市场监督管理局",
    "老龄办": "卫生健康局（老龄工作）",
    "文体局": "文化和旅游局",
    "社管局": "社会治理相关部门",
    "园林局": "林业和园林局或城市管理局",
    "环卫局": "城市管理局",
    "新农合": "医疗保障局",
}
"""Names from before the reforms of 2018 and 2023 and what they likely became; a hint, never applied by itself."""
COLLECTIVES = ("各街乡", "各街道", "各乡镇", "各街镇", "各镇街", "各镇办", "各街道办", "各街道乡镇", "各街(乡)")


def is_collective(name: str) -> bool:
    """各街乡 and the like: all streets of the year, not a department."""
    return name in COLLECTIVES


def department_kind(name: str) -> str:
    """Kind of a department by the end of its name."""
    if name.endswith(("街道", "镇", "乡", "开发区")):
        return "street"
    return "mass" if name.endswith(("残联", "红十字会", "妇联", "工会", "团委", "联合会")) else "department"
