"""A real browser for the journeys: found or installed, with Chinese letters, unable to leave this machine.

`python -m tests.browser` makes sure that there is one; with an address it saves pictures of that page at both widths.
"""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build"
SCREENS = BUILD / "screens"
ADVICE = "No Chromium here. Run: apt-get install -y chromium   (as root; or set CHROMIUM to an installed one)"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FONTS = "pylopdf_fonts_zh_cn"
ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
CHINA = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True, **CHINA,
}  # fmt: skip
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, **CHINA}
LOOPBACK = {"127.0.0.1", "localhost", "::1", None}
FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  {aliases}
</fontconfig>
"""
ALIAS = '<alias binding="same"><family>{family}</family><prefer><family>{font}</family></prefer></alias>'
ALIASES = {
    "sans-serif": "Noto Sans SC",
    "system-ui": "Noto Sans SC",
    "monospace": "Noto Sans SC",
    "serif": "Noto Serif SC",
}


def installed() -> str | None:
    """The path of a Chromium that is already here."""
    named = os.environ.get("CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in NAMES]
    return next((path for path in [*found, *_playwrights_own()] if path and Path(path).exists()), None)


def _playwrights_own() -> list[str]:
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return [str(path) for path in sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True)]


def ensure() -> str:
    """The path of a Chromium, installed now if need be; SystemExit with the one command to run where it cannot be."""
    found = installed()
    if found:
        return found
    print("installing Chromium ...", flush=True)
    for command in _ways():
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        found = installed()
        if found:
            return found
        print(done.stderr[-2000:], file=sys.stderr)
    raise SystemExit(ADVICE)


def _ways() -> list[str]:
    as_root = os.geteuid() == 0 and shutil.which("apt-get")
    apt = ["apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y chromium"] if as_root else []
    return [*apt, f"{sys.executable} -m playwright install chromium"]


def font_configuration() -> Path:
    """A generated fontconfig file that knows only the free Chinese fonts of the wheel: the same pictures everywhere."""
    wheel = importlib.util.find_spec(FONTS)
    if not wheel or not wheel.origin:
        raise SystemExit("The Chinese font wheel is missing. Run: make test")
    BUILD.mkdir(exist_ok=True)
    aliases = "\n  ".join(ALIAS.format(family=family, font=font) for family, font in ALIASES.items())
    body = FONTCONFIG.format(fonts=Path(wheel.origin).parent, cache=BUILD / "fontcache", aliases=aliases)
    path = BUILD / "fonts.conf"
    path.write_text(body, "utf-8")
    return path


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    environment = {**os.environ, "FONTCONFIG_FILE": str(font_configuration())}
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=ensure(), args=ARGUMENTS, env=environment)
        try:
            yield running
        finally:
            running.close()


@dataclass(slots=True)
class Witness:
    """What a page did that no page of ours may do."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen from the first request on."""
        page.on("request", lambda request: self._note_request(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self._note_message(message.text))

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOOPBACK:
            self.outside.append(url)

    def _note_message(self, text: str) -> None:
        if "Content Security Policy" in text or "Uncaught" in text:
            self.errors.append(text)

    def check(self) -> None:
        """Fails when a page asked another machine for something, or its script or policy broke."""
        assert not self.outside, f"the page asked another machine: {self.outside[:3]}"
        assert not self.errors, f"the page reported: {self.errors[:3]}"


@contextlib.contextmanager
def page_at(running: Browser, shape: dict[str, Any], base_url: str = "", **more: Any) -> Iterator[Page]:
    """A page in a fresh context (no cookies); leaving the block checks what it did."""
    options = {**shape, **more} | ({"base_url": base_url} if base_url else {})
    context = running.new_context(**options)
    witness = Witness()
    context.on("page", lambda page: witness.watch(page))  # Playwright marks bound methods, slots refuse that
    context.set_default_timeout(20_000)
    try:
        yield context.new_page()
        witness.check()
    finally:
        context.close()


def phone(running: Browser, base_url: str = "", **more: Any) -> contextlib.AbstractContextManager[Page]:
    """A respondent's phone, 390 points wide; `java_script_enabled=False` for one without scripts."""
    return page_at(running, PHONE, base_url, **more)


def desktop(running: Browser, base_url: str = "", **more: Any) -> contextlib.AbstractContextManager[Page]:
    """A desk, 1440 points wide."""
    return page_at(running, DESKTOP, base_url, **more)


def axe(page: Page) -> None:
    """No serious or critical breach of the accessibility rules on this page."""
    found = [
        f"{breach['id']} ({breach['impact']}): {breach['help']}: {[node['target'] for node in breach['nodes'][:3]]}"
        for breach in Axe().run(page).response["violations"]
        if breach["impact"] in ("serious", "critical")
    ]
    assert not found, "\n".join(found)


def fits(page: Page) -> None:
    """Nothing sticks out to the side: a reader never scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"the page is {wide} points wider than the screen"


def shot(page: Page, name: str) -> Path:
    """A picture of the whole page in build/screens (not in the repository)."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    path = SCREENS / f"{name}-{width}.png"
    page.screenshot(path=path, full_page=True)
    return path


def _pictures(url: str) -> None:
    with browser() as running:
        for shape in (PHONE, DESKTOP):
            with page_at(running, shape) as page:
                page.goto(url)
                print(shot(page, "page"))


if __name__ == "__main__":
    print(f"browser: {ensure()}")
    for address in sys.argv[1:]:
        _pictures(address)
