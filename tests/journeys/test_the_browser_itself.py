"""The browser of the journeys notices what it is there to notice."""

import pytest

from tests import browser

PAGE = '<html lang="zh-CN"><head><title>回访</title></head><body><main><h1>民生工程</h1>{body}</main></body></html>'


def test_the_guards_of_the_journeys_let_a_good_page_pass_and_stop_bad_ones() -> None:
    with browser.browser() as running:
        with browser.phone(running) as page:
            page.set_content(PAGE.format(body="<p>您好</p>"))
            browser.axe(page)
            browser.fits(page)
            assert browser.shot(page, "itself").stat().st_size > 1_000
        with pytest.raises(AssertionError, match="another machine"), browser.desktop(running) as page:
            page.set_content(PAGE.format(body="<img alt='' src='https://192.0.2.1/x.png'>"))
        with pytest.raises(AssertionError, match="reported"), browser.desktop(running) as page:
            page.set_content(PAGE.format(body="<script>throw new Error('broken')</script>"))
        with pytest.raises(AssertionError, match="image-alt"), browser.phone(running) as page:
            page.set_content(PAGE.format(body="<img src='data:,'>"))
            browser.axe(page)
        with pytest.raises(AssertionError, match="wider"), browser.phone(running) as page:
            page.set_content(PAGE.format(body="<pre>" + "长" * 200 + "</pre>"))
            browser.fits(page)
