"""A respondent's way through the questionnaire, in a real browser, with and without scripts."""

from playwright.sync_api import Browser, Page

from tests import browser
from tests.demonstration import Demonstration


def looked_at(page: Page, name: str) -> None:
    """The page is accessible, fits the screen, and its picture is kept."""
    browser.fits(page)
    browser.axe(page)
    browser.shot(page, f"beneficiary-{name}")


def choose(page: Page, words: str) -> None:
    """Tap an answer and go on."""
    page.get_by_text(words, exact=True).first.click()
    page.get_by_role("button", name="下一题").click()


def question(page: Page) -> str:
    """What is asked on this page; empty when nothing is."""
    asked = page.locator("main h1")
    return asked.inner_text() if page.locator('input[name="at"]').count() else ""


def answer_on(page: Page, answers: dict[str, str]) -> list[str]:
    """Answer page by page: by the words of `answers` where the question holds them, else the first answer offered."""
    asked = list[str]()
    for _ in range(80):
        words = question(page)
        if not words:
            return asked
        asked.append(words)
        chosen = next((answer for part, answer in answers.items() if part in words), None)
        if page.locator("textarea, input.text").count():
            page.locator("textarea, input.text").fill(chosen or "")
        else:
            option = page.locator("label.choice")
            (option.filter(has_text=chosen) if chosen else option).first.click()
        page.get_by_role("button", name="下一题").click()
    raise AssertionError("the questionnaire does not end")


def test_an_old_person_answers_without_scripts_and_submits_once(chromium: Browser, demo: Demonstration) -> None:
    with browser.phone(chromium, java_script_enabled=False) as page:
        page.goto(demo.links[0])
        assert page.get_by_text("绝不问身份证号").is_visible()
        page.get_by_role("button", name="同意，开始答题").click()
        assert "第1题" in page.locator("main").inner_text()
        page.get_by_role("button", name="下一题").click()
        assert page.get_by_role("alert").inner_text().startswith("请选一项")
        asked = answer_on(page, {"总的来说": "满意"})
        assert len(asked) >= 9
        page.get_by_role("button", name="提交").click()
        assert page.get_by_role("heading", name="已提交，谢谢您").is_visible()
        page.goto(demo.links[0])
        assert page.get_by_role("heading", name="您已经提交过了").is_visible()


def test_every_page_is_readable_on_a_phone(chromium: Browser, demo: Demonstration) -> None:
    with browser.phone(chromium) as page:
        page.goto(demo.links[1])
        looked_at(page, "notice")
        page.get_by_role("link", name="不想参加").click()
        looked_at(page, "decline")
        page.get_by_role("link", name="返回答题").click()
        page.get_by_role("button", name="同意，开始答题").click()
        looked_at(page, "who")
        page.get_by_role("button", name="下一题").click()
        looked_at(page, "who-missing")
        choose(page, "本人")
        looked_at(page, "aware")
        choose(page, page.locator("label.choice").first.inner_text())
        looked_at(page, "channels")
        page.get_by_role("button", name="上一题").click()
        assert page.locator("input:checked").count() == 1, "going back shows what was chosen"
        page.goto(demo.links[1])
        assert page.get_by_text("从这一题接着答就可以").is_visible()
        looked_at(page, "resumed")
        answer_on(page, {"总的来说": "非常不满意", "具体情况": "路灯坏了三个月"})
        looked_at(page, "check")
        page.get_by_role("button", name="提交").click()
        looked_at(page, "done")
        page.goto(demo.links[1])
        looked_at(page, "used")
        page.goto(demo.base + "/s/nothing-like-this")
        looked_at(page, "unknown")


def test_somebody_asks_to_be_called_later_and_somebody_says_no(chromium: Browser, demo: Demonstration) -> None:
    with browser.phone(chromium) as page:
        page.goto(demo.links[2])
        page.get_by_role("link", name="换个时间打给我").click()
        looked_at(page, "later")
        page.locator("label.choice").nth(1).click()
        page.get_by_role("button", name="就约这个时间").click()
        assert page.get_by_role("heading", name="约好了").is_visible()
        looked_at(page, "later-done")
        page.goto(demo.links[3])
        page.get_by_role("link", name="不想参加").click()
        page.get_by_role("button", name="以后也不要再联系我").click()
        looked_at(page, "declined")
        page.goto(demo.links[3])
        assert page.get_by_role("heading", name="这个链接已经失效").is_visible()
        looked_at(page, "gone")


def test_another_phone_goes_on_and_sees_no_answers(chromium: Browser, demo: Demonstration) -> None:
    with browser.phone(chromium) as first:
        first.goto(demo.links[4])
        first.get_by_role("button", name="同意，开始答题").click()
        choose(first, "本人")
        wanted = question(first)
    with browser.phone(chromium) as second:
        second.goto(demo.links[4])
        assert question(second) == wanted
        assert second.locator("input:checked").count() == 0
        assert second.get_by_role("button", name="上一题").count() == 0


def test_whoever_doubts_the_call_can_check_it(chromium: Browser, demo: Demonstration) -> None:
    for shape in (browser.PHONE, browser.DESKTOP):
        with browser.page_at(chromium, shape) as page:
            page.goto(demo.links[5])
            page.get_by_role("link", name="怎么确认这个电话").click()
            page.get_by_label("工号").fill("99999")
            page.get_by_role("button", name="查一查").click()
            assert page.get_by_text("没有工号 99999 的回访员").is_visible()
            looked_at(page, "is-this-real")
            page.goto(demo.base + "/public/office")
            looked_at(page, "office")


def test_the_keyboard_alone_answers(chromium: Browser, demo: Demonstration) -> None:
    with browser.desktop(chromium) as page:
        page.goto(demo.links[6])
        looked_at(page, "notice")
        page.get_by_role("button", name="同意，开始答题").press("Enter")
        page.locator("input[type=radio]").first.press("Space")
        looked_at(page, "who")
        page.locator("input[type=radio]").first.press("Enter")
        assert "第2题" in page.locator("main").inner_text()
