"""How a person is addressed on the phone, from the name and what the list says of the sex. Pure."""

import re

from survey_service.trust.privacy import masked_name

COMPOUND = frozenset(
    re.findall("..", "欧阳司马上官诸葛夏侯皇甫尉迟公孙慕容令狐司徒东方端木南宫百里西门宇文长孙司空淳于申屠独孤呼延")
)
TITLES = {"male": "先生", "female": "女士", "男": "先生", "女": "女士"}
UNKNOWN = "先生/女士"


def surname(name: str) -> str:
    """张 of 张建国, 欧阳 of 欧阳锋."""
    return name[:2] if name[:2] in COMPOUND and len(name) > 2 else name[:1]


def salutation(name: str, sex: str) -> str:
    """张先生, 张女士, or 张先生/女士 when the list does not say; 您 without a name."""
    return f"{surname(name)}{TITLES.get(sex, UNKNOWN)}" if name else "您"


def of_guardian(name: str, child: str) -> str:
    """李先生/女士 when the guardian is named, else 小明的家长."""
    return salutation(name, "") if name else f"{child}的家长"


def shown_name(name: str, hidden: bool) -> str:
    """The whole name, or 张* as long as a sensitive project asks for it."""
    return masked_name(name) if hidden else name
