"""Passwords: whole values compared, weak ones refused with a reason, no default, no shortcut for unknown names."""

import pytest

from survey_service.errors import AccountRefused
from survey_service.trust import passwords

GOOD = "春风又绿江南岸 2026"


@pytest.mark.parametrize(
    "password",
    [
        "admin", "admin/admin12", "short", "123456789012", "aaaaaaaaaaaaaaaa", "ababababababab", "password1234",
        "Passw0rd!Passw0rd!", "minsheng8888888", "jiedao123456", "qwertyuiop12", "chen.jing-chen.jing", "x" * 129,
        "with a nul \x00 inside", "with a bell \x07 inside", "                 ",
    ],
)  # fmt: skip
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(AccountRefused):
        passwords.refuse_weak(password, "chen.jing")


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery staple", "三月五号下午去公园 放风筝", "x7" * 3 + "春风又绿江南岸"]
)
def test_a_sentence_is_a_good_password(password: str) -> None:
    passwords.refuse_weak(password, "chen.jing")


def test_a_letter_typed_in_full_width_does_not_make_a_weak_word_strong() -> None:
    with pytest.raises(AccountRefused):
        passwords.refuse_weak("ｐａｓｓｗｏｒｄ1234", "chen.jing")


async def test_the_right_password_fits_and_its_digest_is_salted() -> None:
    first, second = await passwords.hashed(GOOD), await passwords.hashed(GOOD)
    assert first != second and first.startswith("$argon2id$") and GOOD not in first
    assert await passwords.fits(first, GOOD) and not await passwords.fits(first, GOOD + "x")


async def test_the_same_word_from_another_keyboard_fits() -> None:
    stored = await passwords.hashed("ＡＢＣ 春风又绿江南岸")
    assert await passwords.fits(stored, "ABC 春风又绿江南岸")


async def test_the_whole_value_counts_beyond_72_bytes() -> None:
    long = "a1" * 36 + "春风又绿江南岸"
    stored = await passwords.hashed(long)
    assert not await passwords.fits(stored, long[:72]) and not await passwords.fits(stored, long[:-1])
    assert await passwords.fits(stored, long)


async def test_what_is_too_long_never_fits_even_where_its_beginning_would() -> None:
    longest = ("春风又绿江南岸明月何时照我还" * 10)[: passwords.LONGEST]
    stored = await passwords.hashed(longest)
    assert await passwords.fits(stored, longest)
    assert not await passwords.fits(stored, longest + "岸")


async def test_an_account_without_password_is_opened_by_none_but_costs_the_same_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[str]()
    original = passwords._matches
    monkeypatch.setattr(passwords, "_matches", lambda stored, word: asked.append(stored) or original(stored, word))
    for word in ("", GOOD, "nobody signs in with this"):
        assert not await passwords.fits(None, word)
    assert asked == [passwords.UNKNOWN] * 3, "who has no password is answered without the work, and so found out"
