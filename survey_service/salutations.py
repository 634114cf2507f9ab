"""How a person is addressed on the phone, from the name and what the list says of the sex. Pure."""

from survey_service.privacy import masked_name

COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 司徒 东方 端木 南宫 百里 西门 宇文 长孙 司空 淳于 申屠 独孤 呼延".split()
)
TITLES = {"male": "先生", "female": "女士"}
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
