"""An agent calls down his list with the keyboard alone: the next case, a whole call, an outcome withdrawn and given again."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import browser
from tests.demonstration import Demonstration

KEYS = {"s1": "2", "s2": "4", "i1": "2", "b3": "2", "u1": "2", "h1": "2"}
FIRST_MISSING = "(document.querySelector('.question.missing input:not([type=hidden])') || {}).name || ''"
STILL_MISSING = (
    "(name) => { const box = document.getElementById('q-' + name); return !box || !box.classList.contains('missing'); }"
)
MOST_QUESTIONS = 40


@pytest.mark.parametrize(("shape", "number"), [(browser.DESKTOP, 0), (browser.PHONE, 1)], ids=["1440", "390"])
def test_a_whole_call_by_keyboard_alone(
    chromium: Browser, demo: Demonstration, shape: dict[str, object], number: int
) -> None:
    with browser.page_at(chromium, shape, demo.base) as page:
        demo.sign_in(page, "agent", number)
        expect(page.get_by_role("heading", name="我的今天")).to_be_visible()
        _judge(page, "agent-today")
        page.keyboard.press("n")
        page.wait_for_url("**/agent/cases/**")
        _judge(page, "agent-case")
        address = page.url
        _answer_everything(page)
        _judge(page, "agent-answered")
        typed_into = "document.activeElement.matches('textarea, input[type=text]')"
        assert not page.evaluate(typed_into), "the letters of the buttons would go into a remark"
        page.keyboard.press("r")
        expect(page.get_by_text("请您节哀")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_text("请您节哀")).to_be_hidden()
        page.reload()
        expect(page.locator("#proposal")).to_contain_text("接通完成")
        page.keyboard.press("g")
        page.wait_for_url("**/agent/attempts/**")
        expect(page.get_by_role("heading", name="已登记：接通完成")).to_be_visible()
        _judge(page, "agent-recorded")
        page.keyboard.press("u")
        page.wait_for_url("**/agent/cases/**")
        assert page.url.split("?")[0] == address.split("?")[0]
        expect(page.locator("#proposal")).to_contain_text("接通完成")
        page.keyboard.press("g")
        page.wait_for_url("**/agent/attempts/**")
        page.keyboard.press("n")
        page.wait_for_url("**/agent/cases/**")
        _nobody_answers(page)


def _judge(page: Page, name: str) -> None:
    browser.fits(page)
    browser.axe(page)
    browser.shot(page, name)


def _answer_everything(page: Page) -> None:
    for _ in range(MOST_QUESTIONS):
        name = page.evaluate(FIRST_MISSING)
        if not name:
            return
        page.keyboard.press("Escape")  # leaves an optional text that the last answer led into
        page.keyboard.press(KEYS.get(name, "1"))
        page.wait_for_function(STILL_MISSING, arg=name)
        if page.locator(f"input[name={name}]").last.get_attribute("type") == "checkbox":
            page.keyboard.press("Enter")
    raise AssertionError("the questionnaire never ends")


def _nobody_answers(page: Page) -> None:
    page.keyboard.press("m")
    expect(page.get_by_text("听到的是什么")).to_be_visible()
    browser.shot(page, "agent-no-answer")
    page.keyboard.press("1")
    page.wait_for_url("**/agent/attempts/**")
    expect(page.get_by_role("heading", name="已登记：无人接听")).to_be_visible()
    expect(page.get_by_text("下次拨打")).to_be_visible()


def test_a_call_without_scripts_keeps_its_answers_by_the_button(chromium: Browser, demo: Demonstration) -> None:
    with browser.desktop(chromium, demo.base, java_script_enabled=False) as page:
        demo.sign_in(page, "agent", 0)
        page.get_by_role("button", name="下一个").click()
        page.wait_for_url("**/agent/cases/**")
        page.locator("input[name=q_ident][value='1']").check(force=True)
        page.get_by_role("button", name="保存").click()
        expect(page.locator("#q-q_consent")).to_be_visible()
        expect(page.locator("input[name=q_ident][value='1']")).to_be_checked()
        page.locator("summary", has_text="没人接/打不通").click()
        page.get_by_role("button", name="占线/用户忙").click()
        page.wait_for_url("**/agent/attempts/**")
        page.get_by_role("button", name="撤销").click()
        page.wait_for_url("**/agent/cases/**")
        page.locator("summary", has_text="没有拨，放回名单").click()
        page.get_by_role("button", name="点错了").click()
        expect(page.get_by_text("已放回名单。")).to_be_visible()
