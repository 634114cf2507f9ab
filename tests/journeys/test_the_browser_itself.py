"""The browser of the journeys notices what it is there to notice."""

import pytest
from playwright.sync_api import Browser

from tests import browser

PAGE = '<html lang="zh-CN"><head><title>回访</title></head><body><main><h1>民生工程</h1>{body}</main></body></html>'


def test_a_good_page_passes_every_guard(chromium: Browser) -> None:
    with browser.phone(chromium) as page:
        page.set_content(PAGE.format(body="<p>您好</p>"))
        browser.axe(page)
        browser.fits(page)
        assert browser.shot(page, "itself").stat().st_size > 1_000


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<img alt='' src='https://192.0.2.1/x.png'>", "another machine"),
        ("<script>throw new Error('broken')</script>", "reported"),
    ],
)
def test_a_page_that_calls_out_or_breaks_is_noticed(chromium: Browser, body: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint), browser.desktop(chromium) as page:
        page.set_content(PAGE.format(body=body))


def test_a_picture_without_words_and_a_page_too_wide_are_noticed(chromium: Browser) -> None:
    with browser.phone(chromium) as page:
        page.set_content(PAGE.format(body="<img src='data:,'><pre>" + "长" * 200 + "</pre>"))
        with pytest.raises(AssertionError, match="image-alt"):
            browser.axe(page)
        with pytest.raises(AssertionError, match="wider"):
            browser.fits(page)
