"""Sessions and sign-in from outside: nothing to fix on somebody, nothing that survives, nobody shut out by others."""

import asyncio
import dataclasses

import httpx
import pytest

from survey_service.clock import real_now
from survey_service.models import Account, LoginSession
from survey_service.trust import accounts, limits
from survey_service.trust.viewer import Role
from survey_service.web.identify import cookie_name
from tests import cast, serving

PASSWORD = "春风又绿江南岸 2026"


async def _member(name: str = "agent.chen", role: Role = Role.AGENT) -> Account:
    made = await cast.account(role, name)
    await accounts.set_password(made, PASSWORD)
    return made


def _from(office: serving.Office, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=office.app, raise_app_exceptions=False, client=(address, 40_000))
    client = httpx.AsyncClient(transport=transport, base_url=serving.BASE)
    office.visitors.append(client)
    return client


async def _sign_in(client: httpx.AsyncClient, name: str = "agent.chen", password: str = PASSWORD) -> httpx.Response:
    return await client.post("/login", data={"name": name, "password": password})


async def test_a_cookie_chosen_by_somebody_else_is_never_taken_over(office: serving.Office) -> None:
    await _member()
    name, chosen = cookie_name(office.site.settings.secure), "a" * 43
    victim = office.visitor()
    victim.cookies.set(name, chosen)
    assert (await victim.get("/agent")).status_code == 303
    answer = await _sign_in(victim)
    given = answer.headers["set-cookie"].split(";")[0].partition("=")[2]
    assert answer.status_code == 303 and given not in ("", chosen) and len(given) >= 43
    thief = office.visitor()
    thief.cookies.set(name, chosen)
    assert (await thief.get("/agent")).status_code == 303
    assert await LoginSession.all().count() == 1


async def test_signing_in_again_ends_the_session_before(office: serving.Office) -> None:
    await _member()
    browser, thief, name = office.visitor(), office.visitor(), cookie_name(office.site.settings.secure)
    await _sign_in(browser)
    thief.cookies.set(name, browser.cookies[name])
    assert (await thief.get("/agent")).status_code == 200
    first = browser.cookies[name]
    await _sign_in(browser)
    assert browser.cookies[name] != first and (await browser.get("/agent")).status_code == 200
    assert (await thief.get("/agent")).status_code == 303, "the old id still opens the door"


async def test_the_cookie_is_for_the_server_alone(office: serving.Office) -> None:
    await _member()
    cookie = (await _sign_in(office.visitor())).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie and "Domain" not in cookie
    app = office.app.state.site
    office.app.state.site = dataclasses.replace(
        app, settings=dataclasses.replace(app.settings, public_url="https://hf.example")
    )
    cookie = (await _sign_in(office.visitor())).headers["set-cookie"]
    assert cookie.startswith("__Host-session=") and "Secure" in cookie


@pytest.mark.parametrize("how", ["log out", "disabled", "other role", "new password"])
async def test_a_session_ends_at_once_and_everywhere(office: serving.Office, how: str) -> None:
    member = await _member()
    first, second = office.visitor(), office.visitor()
    await _sign_in(first)
    await _sign_in(second)
    kept = dict(second.cookies)
    if how == "log out":
        second.cookies.clear()
        await office.sign_in(second, Role.AGENT, member)
        kept = dict(second.cookies)
        assert (await second.post("/logout")).status_code == 303
        assert (await first.get("/agent")).status_code == 200, "logging out here is no logging out there"
    elif how == "disabled":
        await accounts.disable(member, real_now())
    elif how == "other role":
        await accounts.change_role(member, Role.OFFICIAL)
    else:
        await accounts.set_password(member, PASSWORD + "!")
    second.cookies.clear()
    second.cookies.update(kept)
    assert (await second.get("/agent")).status_code == 303
    assert how == "log out" or (await first.get("/agent")).status_code == 303


async def test_a_link_of_a_disabled_account_opens_nothing(office: serving.Office) -> None:
    member = await _member()
    links = [(await accounts.issue_link(member, purpose, real_now()))[0] for purpose in ("login", "password")]
    await accounts.disable(member, real_now())
    visitor = office.visitor()
    for path in (f"/enter/{links[0]}", f"/set-password/{links[1]}"):
        assert (await visitor.get(path)).status_code in (200, 303, 404)
        answer = await visitor.post(path, data={"password": PASSWORD + "x", "repeat": PASSWORD + "x"})
        assert answer.status_code in (303, 404) and answer.headers.get("location", "/login").startswith("/login"), path
    assert await LoginSession.all().count() == 0


async def test_the_sixth_try_waits_and_the_right_password_from_elsewhere_still_opens(office: serving.Office) -> None:
    await _member()
    attacker, owner = _from(office, "203.0.113.9"), _from(office, "198.51.100.7")
    codes = [(await _sign_in(attacker, password=f"wrong guess {n}")).status_code for n in range(6)]
    assert codes == [401] * 5 + [429]
    assert (await _sign_in(attacker)).status_code == 429, "the limit holds for the right password too"
    assert (await _sign_in(owner)).status_code == 303
    assert (await _sign_in(_from(office, "203.0.113.10"), "agent.other", "x")).status_code == 401


async def test_guesses_sent_together_do_not_outrun_the_limit(office: serving.Office) -> None:
    await _member()
    attacker = _from(office, "203.0.113.9")
    answers = await asyncio.gather(*(_sign_in(attacker, password=f"wrong guess {n}") for n in range(30)))
    looked_at = [answer for answer in answers if answer.status_code == 401]
    assert 5 <= len(looked_at) <= 6, "whoever sends his guesses at once gets more of them"
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_a_forwarded_address_is_believed_from_our_proxy_only(office: serving.Office) -> None:
    await _member()
    spoof = _from(office, "127.0.0.1")
    codes = [
        (await spoof.post("/login", data={"name": "agent.chen", "password": "x"}, headers={"x-forwarded-for": f"192.0.2.{n}"}))
        .status_code
        for n in range(6)
    ]  # fmt: skip
    assert codes[-1] == 429, "whoever rotates the header gets around the limit"


async def test_fifty_agents_behind_one_address_get_in_though_some_mistype(office: serving.Office) -> None:
    site = office.site
    settings = dataclasses.replace(site.settings, office_networks=("203.0.113.0/24",))
    office.app.state.site = dataclasses.replace(site, settings=settings)
    names = [f"agent.n{number:02d}" for number in range(50)]
    first = await _member(names[0])
    hashed = (await Account.get(id=first.id)).password_hash
    for name in names[1:]:
        await cast.account(Role.AGENT, name, password_hash=hashed)
    office_browser = _from(office, "203.0.113.5")
    wrong = await asyncio.gather(*(_sign_in(office_browser, name, "typed in a hurry") for name in names[:25]))
    assert {answer.status_code for answer in wrong} == {401}
    answers = await asyncio.gather(*(_sign_in(_from(office, "203.0.113.5"), name) for name in names))
    assert [answer.status_code for answer in answers] == [303] * 50
    strange = _from(office, "198.51.100.1")
    codes = [(await _sign_in(strange, f"nobody{number}", "x")).status_code for number in range(21)]
    assert codes == [401] * 20 + [429], "an address outside the office gets twenty"


def _in_office(office: serving.Office) -> None:
    site = office.site
    settings = dataclasses.replace(site.settings, office_networks=("203.0.113.0/24",))
    office.app.state.site = dataclasses.replace(site, settings=settings)


async def _guess(office: serving.Office, network: str, times: int) -> None:
    """Wrong passwords from ever other addresses, so that only the account's own limit is left to stop them."""
    for number in range(times):
        answer = await _sign_in(_from(office, f"{network}.{number // 4 + 1}"), password="wrong")
        assert answer.status_code == 401


async def test_who_guesses_from_outside_locks_nobody_in_the_office_out(
    office: serving.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOGIN_PER_ACCOUNT", dataclasses.replace(limits.LOGIN_PER_ACCOUNT, most=6))
    await _member()
    _in_office(office)
    await _guess(office, "198.51.100", 6)
    assert (await _sign_in(_from(office, "192.0.2.1"))).status_code == 401, "outside the account is shut for the day"
    assert (await _sign_in(_from(office, "203.0.113.5"))).status_code == 303, "in the office it is not"


async def test_an_insider_does_not_guess_for_ever_either(
    office: serving.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = dataclasses.replace(limits.LOGIN_PER_ACCOUNT_IN_OFFICE, most=6)
    monkeypatch.setattr(limits, "LOGIN_PER_ACCOUNT_IN_OFFICE", inside)
    await _member()
    _in_office(office)
    await _guess(office, "203.0.113", 6)
    assert (await _sign_in(_from(office, "203.0.113.200"))).status_code == 401, "the right guess comes too late"
    assert (await _sign_in(_from(office, "198.51.100.1"))).status_code == 303, "outside its holder still gets in"


async def test_unknown_wrong_disabled_and_locked_look_the_same(office: serving.Office) -> None:
    await _member()
    gone = await _member("agent.gone")
    await accounts.disable(gone, real_now())
    bodies = set()
    for name, password in (
        ("agent.chen", "wrong"),
        ("agent.nobody", "wrong"),
        ("agent.gone", PASSWORD),
        ("agent.gone", "w"),
    ):
        answer = await _sign_in(_from(office, "203.0.113.77"), name, password)
        page = serving_text(answer, name)
        bodies.add((answer.status_code, page))
        api = await _from(office, "203.0.113.78").post("/api/v1/session", json={"name": name, "password": password})
        assert (api.status_code, api.json()["code"]) == (401, "login-refused")
    assert len(bodies) == 1


def serving_text(answer: httpx.Response, name: str) -> str:
    """The page without the name that was typed and the numbers of the request."""
    nonce = answer.headers["content-security-policy"].split("nonce-")[1].split("'")[0]
    return answer.text.replace(name, "*").replace(nonce, "").replace(answer.headers["x-request-id"], "")


async def test_hosts_methods_and_sizes_are_refused_before_anything_else(office: serving.Office) -> None:
    visitor = office.visitor()
    for host in ("evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example"):
        answer = await visitor.get("/login", headers={"host": host, "x-forwarded-host": "127.0.0.1:8000"})
        assert answer.status_code == 400, host
    honest = await visitor.get("/login", headers={"x-forwarded-host": "evil.example"})
    assert honest.status_code == 200 and "evil" not in honest.text
    for method in ("TRACE", "TRACK", "CONNECT", "PATCH", "PROPFIND"):
        assert (await visitor.request(method, "/login")).status_code == 405, method
    for path, most in (("/s/zzzzzzzzzz", 65_536), ("/login", 1 << 20), ("/supervisor/imports", 11 << 20)):
        answer = await visitor.post(path, content=b"x" * (most + 1))
        assert answer.status_code == 413, path


async def test_schemas_metrics_and_errors_tell_strangers_nothing(office: serving.Office) -> None:
    visitor = _from(office, "203.0.113.1")
    for path in (
        "/schema",
        "/schema/openapi.json",
        "/docs",
        "/metrics",
        "/debug",
        "/.env",
        "/static/../app.py",
        "/.git/config",
    ):
        assert (await visitor.get(path)).status_code == 404, path
    answer = await visitor.get("/no-such-page")
    assert answer.status_code == 404 and "server" not in answer.headers
    assert not any(word in answer.text.lower() for word in ("litestar", "granian", "python", "traceback", "tortoise"))
