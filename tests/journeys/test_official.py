"""A deputy district head with ten minutes: what is reached, what is not, why, and the file to take along."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from analysis.export import json as report_json
from tests import browser
from tests.demonstration import Demonstration

SHAPES = (browser.DESKTOP, browser.PHONE)


def looked_at(page: Page, name: str) -> None:
    """Nothing sticks out, nothing shuts anybody out, and there is a picture to judge."""
    browser.fits(page)
    browser.axe(page)
    browser.shot(page, name)


@pytest.mark.parametrize("shape", SHAPES, ids=["desk", "phone"])
def test_an_official_reads_the_verdicts_opens_a_project_and_a_figure(
    chromium: Browser, demo: Demonstration, shape: dict[str, object]
) -> None:
    with browser.page_at(chromium, shape, demo.base) as page:
        demo.sign_in(page, "official")
        assert page.url.endswith("/report")
        assert "演示" in page.locator("main").inner_text()
        for verdict in ("met", "not_met", "insufficient"):
            assert page.locator(f"#verdict-{verdict} .items li").count() > 0, f"the demonstration has no {verdict}"
        if shape is browser.PHONE:
            page.locator("nav.contents a[href='#picture-1']").click()  # a phone keeps the details folded
        shown = [page.locator(name).is_visible() for name in (".picture-wide >> nth=0", ".picture-narrow >> nth=0")]
        assert shown == [shape is browser.DESKTOP, shape is browser.PHONE]
        looked_at(page, "official-report")
        page.locator("#verdict-not_met .items a").first.click()
        page.wait_for_url(re.compile("/projects/"))
        assert "不满意的原因" in page.locator("main").inner_text()
        looked_at(page, "official-project")
        page.locator(".big a.number").first.click()
        page.wait_for_url(re.compile("/figures/"))
        assert "公式：" in page.locator("main").inner_text()
        looked_at(page, "official-figure")


def test_figures_open_without_a_script_and_by_keyboard(chromium: Browser, demo: Demonstration) -> None:
    with browser.desktop(chromium, demo.base, java_script_enabled=False) as page:
        demo.sign_in(page, "official")
        behind = page.locator("details.behind").first
        behind.locator("summary").focus()
        page.keyboard.press("Enter")
        assert behind.get_by_text("公式：").is_visible()


def test_the_report_is_taken_along_as_a_file(chromium: Browser, demo: Demonstration, tmp_path: Path) -> None:
    with browser.desktop(chromium, demo.base) as page:
        demo.sign_in(page, "official")
        said = page.locator(".big .number").first.inner_text()
        with page.expect_download() as downloading:
            page.get_by_role("button", name="JSON").click()
        target = tmp_path / "report.json"
        downloading.value.save_as(target)
        assert report_json.read(target.read_bytes()).headline.weighted.text == said
        with page.expect_download() as downloading:
            page.get_by_role("button", name="Word").click()
        assert downloading.value.suggested_filename.endswith(".docx")


def test_the_rated_department_sees_nothing_before_the_wave_closes(chromium: Browser, demo: Demonstration) -> None:
    with browser.desktop(chromium, demo.base) as page:
        demo.sign_in(page, "department")
        page.goto(f"{demo.base}/report/{demo.wave}")
        assert "批次结束前" in page.locator("main").inner_text()
        assert "%" not in page.locator("main").inner_text()
