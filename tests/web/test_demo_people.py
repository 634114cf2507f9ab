"""The demonstration invents the same marked people at every build, and every kind of result among them."""

import random
from collections import Counter

from survey_service.demo import people, profiles

ZONES = ["城东街道", "城西街道"]


def test_every_build_invents_the_same_people_and_all_are_marked() -> None:
    for project in people.COUNTS:
        first, again = [list(people.roster(project, ZONES, "small")) for _ in range(2)]
        assert first == again and len(first) >= people.COUNTS[project][0]
        place = people.HEADERS.index("姓名")
        assert all(people.MARK in row[place] for row in first[1:])


def test_no_invented_number_can_belong_to_a_person() -> None:
    columns = [people.HEADERS.index(name) for name in ("联系电话", "监护人电话")]
    for row in people.roster("YH01", ZONES, "small"):
        if row == people.HEADERS:
            continue
        numbers = [row[column] for column in columns if row[column]]
        assert all(number.startswith(people.PHONE_PREFIX) for number in numbers), row[0]


def test_the_district_scale_is_what_was_published() -> None:
    assert sum(large for _, large in people.COUNTS.values()) == 292_667


def test_every_project_has_a_profile_and_dials_end_in_every_usual_way() -> None:
    assert set(profiles.PROFILES) == set(people.COUNTS)
    chance = random.Random(1)
    ended = Counter(profiles.outcome(("YH01",), chance) for _ in range(5_000))
    assert set(ended) == {code for code, _ in profiles.USUAL}
    whole = {profiles.outcome((code,), chance) for code in people.WHOLE - {"YH06"} for _ in range(200)}
    assert whole == {"100"}
