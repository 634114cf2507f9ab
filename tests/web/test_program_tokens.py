"""Programs call with a token: few scopes, shown once, kept as a digest, dead with its account; never for respondents."""

import datetime as dt
import re

import httpx

from callbacks.models import Case
from questionnaires.statements import rows
from survey_service.app import create_app
from survey_service.clock import real_now
from survey_service.models import Account, AuditEntry, ProgramToken
from survey_service.settings import Settings
from survey_service.trust import accounts, program_tokens
from survey_service.trust.viewer import Role
from survey_service.web import openapi
from tests import cast, serving
from tests.architecture.test_routes import declared
from tests.web.calls import Desk

TOKEN = re.compile(r"survey_[A-Za-z0-9_-]{43}")


def program(office: serving.Office, token: str) -> httpx.AsyncClient:
    made = office.visitor()
    made.headers["authorization"] = f"Bearer {token}"
    return made


async def token_of(account: Account, *scopes: str, days: int = 9) -> str:
    return (await program_tokens.make(account, "报表", scopes, days, account.ref, real_now()))[0]


async def test_a_token_is_shown_once_and_kept_as_a_digest(office: serving.Office) -> None:
    browser = await office.visitor_as(Role.OFFICIAL)
    answer = await browser.post("/tokens", data={"label": "大屏", "scopes": "results", "days": "30"})
    shown = TOKEN.search(answer.text)
    assert shown is not None and "大屏" in answer.text
    assert not TOKEN.search((await browser.get("/tokens")).text)
    kept = await rows("SELECT * FROM survey_service_program_token")
    trail = await AuditEntry.filter(action="program_token_made").get()
    assert shown.group() not in str(kept) and shown.group() not in trail.details
    assert (await program(office, shown.group()).get("/api/v1/waves")).status_code == 200


async def test_a_program_reads_what_its_account_may_and_nothing_beyond_its_scopes(office: serving.Office) -> None:
    district = await cast.district()
    official = program(office, await token_of(district.official, "results"))
    assert (await official.get("/api/v1/waves/W1/progress")).status_code == 200
    refused = await official.post("/api/v1/agent/next")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    caller = program(office, await token_of(district.agent_chen, "calls"))
    assert (await caller.post("/api/v1/agent/next")).status_code == 200
    reveal = await caller.post("/api/v1/cases/zzzzzzzzzz/reveal", json={"reason": "对方要求回电核对"})
    assert (reveal.status_code, reveal.json()["code"]) == (403, "out-of-scope")
    denied = await AuditEntry.filter(action="access_denied").order_by("-seq").first()
    assert denied is not None and denied.reason == "scope" and "token" in denied.request


async def test_a_program_claims_a_case_without_form_token_or_cookie(desk: Desk) -> None:
    await desk.person()
    caller = program(desk.office, await token_of(desk.district.agent_chen, "calls"))
    case = (await caller.post("/api/v1/agent/next")).json()["case"]
    assert (await Case.get(ref=case["ref"])).claimed_by == desk.district.agent_chen.id
    body = {"attempt": case["attempt"], "claim": case["claim"]}
    assert (await caller.post(f"/api/v1/cases/{case['ref']}/heartbeat", json=body)).status_code == 200


async def test_no_token_reaches_a_page_or_a_questionnaire(office: serving.Office) -> None:
    district = await cast.district()
    caller = program(office, await token_of(district.supervisor, "results", "reveal"))
    for path in ("/supervisor", "/report", "/tokens", "/supervisor/waves"):
        assert (await caller.get(path)).status_code == 303, path
    assert (await caller.get("/api/v1/s/zzzzzzzzzz")).status_code == 404
    assert (await caller.get("/api/v1/openapi.json")).status_code == 403, "a token without that scope"
    assert (await caller.request("DELETE", "/api/v1/session")).status_code == 401


async def test_a_token_that_is_over_revoked_or_made_up_opens_nothing(office: serving.Office) -> None:
    district = await cast.district()
    token = await token_of(district.official, "results")
    assert (await program(office, token).get("/api/v1/waves")).status_code == 200
    for wrong in (token[:-1], token + "x", token.upper(), "survey_", "", "x" * 5_000, "survey_é"):
        made = office.visitor()
        answer = await made.get("/api/v1/waves", headers={b"authorization": b"Bearer " + wrong.encode("latin-1")})
        assert answer.status_code == 401, wrong[:20]
    await ProgramToken.all().update(expires_at=real_now() - dt.timedelta(seconds=1))
    assert (await program(office, token).get("/api/v1/waves")).status_code == 401
    fresh = await token_of(district.official, "results")
    browser = await office.visitor_as(Role.OFFICIAL, district.official)
    ref = (await ProgramToken.filter(expires_at__gt=real_now()).get()).ref
    stranger = await office.visitor_as(Role.SUPERVISOR)
    assert (await stranger.post(f"/tokens/{ref}/revoke")).status_code == 404
    assert (await browser.post(f"/tokens/{ref}/revoke")).status_code == 303
    assert (await program(office, fresh).get("/api/v1/waves")).status_code == 401


async def test_a_token_dies_with_the_password_the_role_and_the_account(office: serving.Office) -> None:
    for end in ("password", "role", "disabled", "signed out"):
        account = await cast.account(Role.OFFICIAL, f"official.{end.replace(' ', '')}")
        token = await token_of(account, "results")
        if end == "password":
            await accounts.set_password(account, "春风又绿江南岸 2026")
        elif end == "role":
            await accounts.change_role(account, Role.DEPARTMENT)
        elif end == "disabled":
            await accounts.disable(account, real_now())
        else:
            await accounts.end_sessions(account)
        assert (await program(office, token).get("/api/v1/waves")).status_code == 401, end


async def test_a_cookie_beside_a_bad_token_does_not_help_and_a_good_token_does_not_lend_the_cookie(
    office: serving.Office,
) -> None:
    agent = await office.visitor_as(Role.AGENT)
    agent.headers["authorization"] = "Bearer survey_nothing"
    assert (await agent.post("/api/v1/agent/next")).status_code == 401
    official = await cast.account(Role.OFFICIAL)
    agent.headers["authorization"] = f"Bearer {await token_of(official, 'results')}"
    assert (await agent.post("/api/v1/agent/next")).status_code == 403


async def test_nobody_wishes_himself_more_than_the_role_has(office: serving.Office) -> None:
    browser = await office.visitor_as(Role.OFFICIAL)
    for scopes, days in (("calls", "9"), ("reveal", "9"), ("*", "9"), ("", "9"), ("results", "0"), ("results", "9999")):
        answer = await browser.post("/tokens", data={"label": "x", "scopes": scopes, "days": days})
        assert answer.status_code == 422, (scopes, days)
    assert not await ProgramToken.exists()
    for role in (Role.ADMIN, Role.AUDITOR, Role.REVIEWER):
        assert (await (await office.visitor_as(role)).get("/tokens")).status_code == 403


async def test_an_administrators_token_reads_results_only_and_its_holder_is_told(office: serving.Office) -> None:
    zhao, agent = await cast.account(Role.SUPERVISOR), await cast.account(Role.AGENT)
    admin = await office.visitor_as(Role.ADMIN)
    answer = await admin.post(
        f"/admin/accounts/{zhao.ref}/token", data={"label": "大屏", "days": "9", "scopes": "reveal"}
    )
    assert answer.status_code == 200 and (await ProgramToken.get()).scopes == "results"
    assert "读结果的令牌" in (await (await office.visitor_as(Role.SUPERVISOR, zhao)).get("/supervisor")).text
    refused = await admin.post(f"/admin/accounts/{agent.ref}/token", data={"label": "大屏", "days": "9"})
    assert refused.status_code == 422 and await ProgramToken.all().count() == 1


def test_the_document_lists_every_call_and_nothing_else() -> None:
    app = create_app(Settings())
    told = {(method.upper(), path) for path, methods in openapi.described(app)["paths"].items() for method in methods}
    assert told == {(route.method, route.path) for route in declared(app) if route.path.startswith("/api/v1/")}
    assert len(told) >= 12


async def test_the_document_is_for_those_who_are_signed_in_and_names_no_other_place(office: serving.Office) -> None:
    assert (await office.visitor().get("/api/v1/openapi.json")).status_code == 401
    answer = await (await office.visitor_as(Role.AGENT)).get("/api/v1/openapi.json")
    found = answer.json()
    assert answer.status_code == 200 and "http" not in answer.text.replace('"type":"http"', ""), "loads from elsewhere"
    attempt = found["paths"]["/api/v1/cases/{ref}/attempts"]["post"]
    assert attempt["requestBody"]["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/AttemptIn"
    assert set(found["components"]["schemas"]["AttemptIn"]["required"]) == {"attempt", "claim", "code"}
    assert {"token": ["calls"]} in attempt["security"] and attempt["parameters"][0]["name"] == "ref"
    assert found["paths"]["/api/v1/s/{token}"]["get"]["security"] == [], "respondents need no account and have no token"
    references = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))
    assert references == set(found["components"]["schemas"])
