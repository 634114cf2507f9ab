"""Everybody follows every link: nothing out of sight is seen, no number lies about, every page is armoured."""

import re
from html import unescape

import httpx

from callbacks.models import Contact
from survey_service.trust.viewer import Role
from tests import serving
from tests.web.access import requests, scenery
from tests.web.access.scenery import CANARY, Ground, Visitor

LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')
NUMBER = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])")
MOST_PAGES = 250
PERSONS = ("held", "suspended", "done", "repair", "old")
START = ("/", "/login", "/public/office", "/public/is-this-real")


def _canaries(ground: Ground, visitor: Visitor) -> set[str]:
    """What this visitor must never read: full names outside the claimed case, and whatever lies out of sight."""
    side = "_other" if visitor.name.endswith("_other") else ""
    names = {f"{CANARY}{name}" for name in ground.cases}
    if visitor.name.startswith("agent"):
        names -= {
            f"{CANARY}held{side}",
            *(f"{CANARY}held" for _ in (side,) if side),
        }  # one name is the other's beginning
    never = names | {f"{CANARY}短信"}
    if not visitor.whole:
        never.add(f"{CANARY}备注{'之东' if side else '之西'}")
    if visitor.role is not Role.SUPERVISOR:
        never.add(f"{CANARY}备注")
    if visitor.role is None or visitor.name in ("agent", "auditor", "reviewer"):
        never.add(f"{CANARY}西街道")
    if visitor.name == "street":
        never.add(f"{CANARY}西街道")
    if visitor.name == "department":
        never |= {f"{CANARY}住建局", "背街小巷改造"}
    if visitor.role is not Role.SUPERVISOR:
        never.add(f"{CANARY}计划批次")
    if visitor.name.startswith(("department", "street")) or visitor.role is None:
        never.add("进行中的批次")
    if visitor.name != "chief_other":
        never.add(f"{CANARY}chief_other.csv")
    return never


async def _crawl(ground: Ground, visitor: Visitor) -> dict[str, httpx.Response]:
    home = [visitor.role.home] if visitor.role else []
    held = [f"/agent/cases/{visitor.own['held']}"] if visitor.name.startswith("agent") else []
    links = [f"/s/{ground.shared['link:done']}"] if visitor.role is None else []
    waiting, seen = [*START, *home, *held, *links], dict[str, httpx.Response]()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop()
        if path not in seen:
            seen[path] = answer = await visitor.client.get(path)
            kind = answer.headers.get("content-type", "")
            found = [unescape(link) for link in LINK.findall(answer.text)] if kind.startswith("text/html") else []
            found += [answer.headers["location"]] if "location" in answer.headers else []
            waiting += [link for link in found if link not in seen and not link.startswith("//")]
    return seen


def _armour(path: str, answer: httpx.Response) -> list[str]:
    headers, missing = answer.headers, list[str]()
    policy = headers.get("content-security-policy", "")
    needed = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
    if "unsafe" in policy or any(part not in policy for part in needed):
        missing.append("content-security-policy")
    if headers.get("x-content-type-options") != "nosniff":
        missing.append("nosniff")
    respondent = path.startswith(("/s/", "/api/v1/s/"))
    if respondent and (
        headers.get("referrer-policy") != "no-referrer" or "noindex" not in headers.get("x-robots-tag", "")
    ):
        missing.append("no-referrer or noindex")
    if not path.startswith("/static/") and headers.get("cache-control") != "no-store":
        missing.append("no-store")
    return [f"{path}: {part}" for part in missing]


def _inline(path: str, answer: httpx.Response) -> list[str]:
    """Nothing on the page that the policy would have to forgive."""
    text = answer.text if answer.headers.get("content-type", "").startswith("text/html") else ""
    found = re.findall(r'<[^>]+ (?:on[a-z]+|style)="|javascript:|<style|https?://(?!www\.w3\.org)[^"\s<]*', text)
    return [f"{path}: {each[:60]}" for each in found if serving.BASE not in each]


async def test_whatever_is_linked_shows_nothing_out_of_sight(office: serving.Office) -> None:
    ground, wrong = await scenery.build(office), list[str]()
    digits = await _numbers(ground)
    for visitor in ground.visitors.values():
        await requests.forget_limits()
        pages = await _crawl(ground, visitor)
        assert len(pages) >= len(START) + (visitor.role is not None), f"{visitor.name} saw only {sorted(pages)}"
        never = _canaries(ground, visitor)
        for path, answer in pages.items():
            claimed = visitor.name.startswith("agent") and path.startswith(f"/agent/cases/{visitor.own['held']}")
            # no page makes a wave that is only planned; the scene has one as a canary
            if answer.status_code >= 500 or (answer.status_code == 404 and path != "/report/W2"):
                wrong.append(f"{visitor.name} {path}: {answer.status_code}")
            wrong += [f"{visitor.name} {path} shows {word}" for word in never if word in answer.text and not claimed]
            wrong += [f"{visitor.name} {path} shows a number" for _ in _shown(answer, digits) if not claimed]
            wrong += [f"{visitor.name} {line}" for line in (*_armour(path, answer), *_inline(path, answer))]
    assert not wrong, "\n".join(sorted(set(wrong)))


async def test_the_crawl_would_notice(office: serving.Office) -> None:
    ground = await scenery.build(office)
    agent = ground.visitors["agent"]
    page = await agent.client.get(f"/agent/cases/{agent.own['held']}")
    assert _shown(page, await _numbers(ground)), "the claimed case shows its number"
    naked = httpx.Response(200, text='<p style="x" onclick="y">', headers={"content-type": "text/html"})
    assert len(_armour("/s/x", naked)) == 4 and _inline("/s/x", naked)
    chief = await ground.visitors["supervisor"].client.get("/supervisor/waves")
    assert f"{CANARY}计划批次" in chief.text, "what others must not see is there to be seen"


def _shown(answer: httpx.Response, digits: set[str]) -> list[str]:
    text = re.sub(r"<[^>]+>", " ", answer.text) if "html" in answer.headers.get("content-type", "") else answer.text
    found = [re.sub(r"\D", "", number) for number in NUMBER.findall(text)]
    return [number for number in found if number in digits or number.startswith("199")]


async def _numbers(ground: Ground) -> set[str]:
    keyring = ground.office.site.keyring
    return {keyring.unseal("vault_contact.phone", each.ref, each.phone_sealed) for each in await Contact.all()}
