"""How people are addressed on the phone."""

import pytest

from survey_service.calls.salutations import of_guardian, salutation, shown_name


@pytest.mark.parametrize(
    ("name", "sex", "said"),
    [
        ("张建国", "male", "张先生"),
        ("欧阳桂兰", "female", "欧阳女士"),
        ("王小妹", "", "王先生/女士"),
        ("", "male", "您"),
    ],
)
def test_the_address_is_surname_and_title(name: str, sex: str, said: str) -> None:
    assert salutation(name, sex) == said


def test_for_a_child_the_guardian_is_asked_for() -> None:
    assert of_guardian("李敏", "小明") == "李先生/女士"
    assert of_guardian("", "小明") == "小明的家长"


def test_a_sensitive_project_shows_the_surname_only() -> None:
    assert (shown_name("张建国", hidden=True), shown_name("张建国", hidden=False)) == ("张**", "张建国")
