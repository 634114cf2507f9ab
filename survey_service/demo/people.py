"""Invented people for the demonstration's rosters, the same ones at every build. Pure."""

import functools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SEED = 20260305
FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
)
GIVEN = "建国秀英桂兰玉梅志强国华淑珍海燕丽华文军晓东春生凤霞德明金凤永刚红梅小平玉兰长青新民家栋雨桐子涵思远佳怡浩然"
MARK = "·演示"
PHONE_PREFIX = "140"
"""Numbers of segment 140 belong to devices, not to people; and a demonstration sends nothing."""

HEADERS = ("人员编号", "姓名", "性别", "出生年", "联系电话", "街道", "监护人姓名", "监护人电话")
SHARE_OF_OLD_FRIENDS = 0.12
"""How many people of a roster stand on an earlier roster too, so that one call asks about two projects."""

COUNTS: Mapping[str, tuple[int, int]] = {
    "YH01": (600, 68_700), "YH02": (619, 619), "YH04": (79, 79), "YH05": (500, 1_514), "YH06": (81, 81),
    "YH07": (800, 188_000), "YH09": (500, 10_601), "YH11": (600, 14_500), "YH12": (29, 29), "YH13": (500, 3_034),
    "YH14": (600, 5_325), "YH15": (17, 17), "YH16": (168, 168),
}  # fmt: skip
"""People per roster: at small scale, and as the district published them (292,667 in all)."""

MINORS = frozenset({"YH01", "YH02", "YH09", "YH15", "YH16"})
ELDERLY = frozenset({"YH11", "YH12"})
WHOLE = frozenset({"YH04", "YH06", "YH12"})
"""Short lists that are called to the end: everybody on them has a number."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One invented person."""

    number: int
    name: str
    sex: str
    birth_year: int
    zone: str

    @property
    def phone(self) -> str:
        """A number that no person has."""
        return f"{PHONE_PREFIX}{self.number:08d}"


def roster(project: str, zones: list[str], scale: str) -> Iterator[tuple[str, ...]]:
    """The rows of a project's roster, header first."""
    yield HEADERS
    chance = random.Random(f"{SEED}-{project}")
    size = COUNTS[project][1 if scale == "district" else 0]
    first = (1 + list(COUNTS).index(project)) * 1_000_000
    for place in range(size):
        yield row(project, somebody(project, first + place, zones, chance), chance)


def somebody(project: str, number: int, zones: list[str], chance: random.Random) -> Somebody:
    """A new person, or one who stands on the list of adults of 居民医保 as well."""
    sex = chance.choice("男女")
    name = chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2)))) + MARK
    newest, oldest = (2020, 2009) if project in MINORS else (1965, 1938) if project in ELDERLY else (2002, 1948)
    person = Somebody(number, name, sex, chance.randint(oldest, newest), chance.choice(zones))
    known = project not in MINORS and project not in WHOLE | {"YH07"} and chance.random() < SHARE_OF_OLD_FRIENDS
    return _known(chance.randrange(COUNTS["YH07"][0]), zones) if known else person


def _known(place: int, zones: list[str]) -> Somebody:
    """The person at this place of the insured people's roster."""
    return _insured(tuple(zones))[place]


@functools.cache
def _insured(zones: tuple[str, ...]) -> list[Somebody]:
    """The first of the insured people, remade from the same numbers as their own roster."""
    chance = random.Random(f"{SEED}-YH07")
    first = (1 + list(COUNTS).index("YH07")) * 1_000_000
    people = []
    for number in range(COUNTS["YH07"][0]):
        people.append(somebody("YH07", first + number, list(zones), chance))
        row("YH07", people[-1], chance)
    return people


def row(project: str, person: Somebody, chance: random.Random) -> tuple[str, ...]:
    """One line of a roster; of forty people one has no number, and a few share one."""
    luck = chance.random() if project not in WHOLE else 1
    phone = "" if luck < 0.012 else f"{PHONE_PREFIX}00000{chance.randint(1, 3):03d}" if luck < 0.018 else person.phone
    guardian, guardian_phone = "", ""
    if project in MINORS:
        guardian, guardian_phone, phone = person.name[:1] + chance.choice("建国秀英志强") + MARK, phone, ""
    number = f"YHP{person.number:09d}"
    return (number, person.name, person.sex, str(person.birth_year), phone, person.zone, guardian, guardian_phone)
