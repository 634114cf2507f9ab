"""The declared policy: every route, who may use it, what it is about, and what a proper form of it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ANYBODY = frozenset({"public"})
HOLDER = frozenset({"holder of the link"})
AGENT, SUPERVISOR, ADMIN = frozenset({"agent"}), frozenset({"supervisor"}), frozenset({"admin"})
FINDERS = frozenset({"street", "department"})
READERS = frozenset({"official", "supervisor", "department", "street"})
STAFF = frozenset({"admin", "supervisor", "agent", "reviewer", "department", "street", "official", "auditor"})
PROGRAMMED = READERS | AGENT
SHOWN, MOVED, GONE = (200,), (303,), (404,)


@dataclass(frozen=True, slots=True)
class Row:
    """One route: `kinds` names the object in each gap of the path, `own` and `missing` the statuses for them.

    A `whole` one is turned away from whoever is in charge of some zones only.
    """

    method: str
    path: str
    who: frozenset[str]
    kinds: tuple[str, ...] = ()
    own: tuple[int, ...] = SHOWN
    missing: tuple[int, ...] = GONE
    form: Mapping[str, str] = field(default_factory=dict)
    json: bool = False
    query: tuple[str, ...] = ()
    whole: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What the router knows it by."""
        return self.method, self.path

    @property
    def public(self) -> bool:
        """Whether nobody needs to be signed in."""
        return self.who in (ANYBODY, HOLDER)

    @property
    def acts(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"


def get(
    path: str,
    who: frozenset[str],
    *kinds: str,
    query: tuple[str, ...] = (),
    whole: bool = False,
    **answers: tuple[int, ...],
) -> Row:
    """A page."""
    return Row("GET", path, who, kinds, query=query, whole=whole, **answers)


def post(
    path: str, who: frozenset[str], *kinds: str, own: tuple[int, ...] = MOVED, missing: tuple[int, ...] = GONE,
    whole: bool = False, **form: str,
) -> Row:  # fmt: skip
    """A form."""
    return Row("POST", path, who, kinds, own, missing, form, whole=whole)


def call(method: str, path: str, who: frozenset[str], *kinds: str, own: tuple[int, ...] = SHOWN, **body: str) -> Row:
    """A call of the JSON interface."""
    return Row(method, path, who, kinds, own, GONE, body, json=True)


HELD = {"_attempt": "$attempt", "_claim": "$claim", "_module": "$module"}
SIGN_IN = [
    get("/", ANYBODY, own=MOVED),
    get("/login", ANYBODY),
    post("/login", ANYBODY, own=(401,), name="agent.nobody", password="not a password of anybody"),
    post("/logout", STAFF),
    get("/enter/{token}", HOLDER, "login", missing=MOVED),
    post("/enter/{token}", HOLDER, "login"),
    get("/set-password/{token}", HOLDER, "password"),
    post("/set-password/{token}", HOLDER, "password", own=(422,), name="somebody", password="a", repeat="b"),
    call("POST", "/api/v1/session", ANYBODY, own=(401,), name="agent.nobody", password="nothing"),
    call("DELETE", "/api/v1/session", STAFF, own=(204,)),
]
OPEN = [
    get("/livez", ANYBODY),
    get("/readyz", ANYBODY),
    get("/metrics", ANYBODY),
    get("/static/{file_path}", ANYBODY, "file"),
    get("/public/is-this-real", ANYBODY, query=("agent",)),
    get("/public/office", ANYBODY),
]
RESPONDENT = [
    get("/s/{token}", HOLDER, "link", query=("at",)),
    post("/s/{token}", HOLDER, "link", at="q_consent", version="$version", q_consent="1", go="next"),
    get("/s/{token}/done", HOLDER, "link", own=MOVED),
    get("/s/{token}/later", HOLDER, "link"),
    post("/s/{token}/later", HOLDER, "link", own=(422,), slot="never"),
    get("/s/{token}/later/done", HOLDER, "link", own=MOVED),
    get("/s/{token}/decline", HOLDER, "link"),
    post("/s/{token}/decline", HOLDER, "link", scope=""),
    get("/s/{token}/declined", HOLDER, "link"),
    call("GET", "/api/v1/s/{token}", HOLDER, "link"),
    call("PUT", "/api/v1/s/{token}/draft", HOLDER, "link", version="$version", answers="$answers"),
    call("POST", "/api/v1/s/{token}/submission", HOLDER, "link", own=(422,), version="$version", answers="$answers"),
]
CALLING = [
    get("/agent", AGENT),
    get("/agent/inbound", AGENT),
    post("/agent/inbound", AGENT, own=(200, 422), number="19919999999"),
    get("/agent/cases/{ref}", AGENT, "held", query=("module", "inbound")),
    get("/agent/attempts/{attempt}", AGENT, "attempt"),
    post("/agent/cases/{ref}/answers", AGENT, "held", own=(303, 422), **HELD, a1="3", s2="4"),
    post("/agent/cases/{ref}/heartbeat", AGENT, "held"),
    post("/agent/cases/{ref}/outcome", AGENT, "held", own=(422,), **HELD, code="", note="", day="", clock=""),
    post("/agent/cases/{ref}/link", AGENT, "held", own=(303, 422)),
    post("/agent/attempts/{attempt}/link", AGENT, "attempt", own=(303, 422)),
    post("/agent/attempts/{attempt}/undo", AGENT, "attempt", own=(303, 409)),
    post("/agent/inbound/{ref}", AGENT, "seen", own=(409,), token="$inbound"),
    post("/agent/next", AGENT),
    post("/agent/cases/{ref}/release", AGENT, "held", own=(422,), reason="no reason at all"),
    call("POST", "/api/v1/agent/next", AGENT),
    call("POST", "/api/v1/cases/{ref}/heartbeat", AGENT, "held", attempt="$attempt", claim="$claim"),
    call("POST", "/api/v1/cases/{ref}/reveal", AGENT | SUPERVISOR, "held", reason="对方要求回电核对"),
    call(
        "POST",
        "/api/v1/cases/{ref}/attempts",
        AGENT,
        "held",
        own=(422,),
        attempt="$attempt",
        claim="$claim",
        code="210",
        appointment_at="2026-03-01T10:00:00+08:00",
    ),
    call("POST", "/api/v1/cases/{ref}/release", AGENT, "held", reason="break"),
]
RESULTS = [
    get("/report", READERS),
    get("/report/{wave}", READERS, "wave"),
    get("/report/{wave}/projects/{code}", READERS - {"street"}, "wave", "project"),
    get("/report/{wave}/figures/{figure}", READERS, "wave", "figure"),
    post("/report/{wave}/files", READERS, "wave", own=SHOWN, format="csv"),
    call("GET", "/api/v1/waves", READERS),
    call("GET", "/api/v1/waves/{wave}/report", READERS, "wave"),
    call("GET", "/api/v1/waves/{wave}/progress", READERS, "wave"),
]
SUPERVISING = [
    get("/supervisor", SUPERVISOR),
    post("/supervisor/clock", SUPERVISOR, whole=True, own=GONE, to="tomorrow"),
    post("/supervisor/late/{ref}", SUPERVISOR, "late", reason="已核对"),
    post(
        "/supervisor/late/{ref}/take-over", SUPERVISOR, "late", own=(422,), reason="已核对"
    ),  # the row above dealt with it
    post("/supervisor/cases/{ref}/resume", SUPERVISOR, "suspended"),
    post("/supervisor/cases/{ref}/close", SUPERVISOR, "suspended", own=(409,)),
    get("/supervisor/imports", SUPERVISOR, whole=True, query=("project",)),
    post("/supervisor/imports", SUPERVISOR, whole=True, own=(422,), kind="zones", project="P01", programme="2026"),
    get("/supervisor/imports/{ref}", SUPERVISOR, "upload", whole=True),
    get("/supervisor/imports/{ref}/report", SUPERVISOR, "upload", whole=True),
    post("/supervisor/imports/{ref}/confirm", SUPERVISOR, "upload", whole=True),
    post("/supervisor/imports/{ref}/undo", SUPERVISOR, "batch", whole=True, own=(409,)),
    post("/supervisor/imports/{ref}/discard", SUPERVISOR, "upload", whole=True),
]
PLANNING = [
    get("/supervisor/projects", SUPERVISOR),
    get("/supervisor/projects/{code}", SUPERVISOR, "project", whole=True),
    post("/supervisor/projects/{code}", SUPERVISOR, "project", whole=True, own=(409, 422), version="x", name="名称", lead="1"),
    get("/supervisor/waves", SUPERVISOR),
    get("/supervisor/waves/new", SUPERVISOR, whole=True),
    post("/supervisor/waves/plan", SUPERVISOR, whole=True, own=(422,), way="paste", plan="code = 1"),
    post("/supervisor/waves", SUPERVISOR, whole=True, own=(422,), plan="code = 1"),
    get("/supervisor/waves/{code}", SUPERVISOR, "any wave"),
    post("/supervisor/waves/{code}/replicates", SUPERVISOR, "any wave", whole=True, own=(409,), project="P01"),
    post("/supervisor/waves/{code}/projects/{project}/settle", SUPERVISOR, "any wave", "project", whole=True, own=(409,)),
    post("/supervisor/waves/{code}/projects/{project}/resume", SUPERVISOR, "any wave", "project", whole=True, own=(409,)),
    post("/supervisor/waves/{code}/close", SUPERVISOR, "any wave", whole=True, own=(422,), confirm="W9"),
    get("/supervisor/waves/{code}/cases", SUPERVISOR, "any wave", query=("state", "after")),
    get("/supervisor/cases/{ref}", SUPERVISOR, "seen"),
    post("/supervisor/cases/{ref}/reveal", SUPERVISOR, "seen", own=SHOWN, reason="对方要求回电核对"),
    post("/supervisor/attempts/{ref}/correct", SUPERVISOR, "attempt", code="311", why="听录音后更正", note="",
         appointment_at=""),
]  # fmt: skip
MESSAGES = [
    get("/supervisor/messages", SUPERVISOR),
    post("/supervisor/messages/queue", SUPERVISOR, whole=True, own=(422,), wave="W1", kind="nothing"),
    post(
        "/supervisor/messages/sheet", SUPERVISOR, own=(422,), wave="W1", kind="invitation", format="csv", reason="代发"
    ),
    post("/supervisor/messages/{ref}/settle", SUPERVISOR, "message", **{"as": "sent"}),
    call("POST", "/hooks/sms", ANYBODY, own=GONE, ref="x", status="delivered"),
]
TASKS = [
    get("/review", frozenset({"reviewer"})),
    get("/street", frozenset({"street"})),
    get("/department", frozenset({"department"})),
    post("/repairs/{ref}/who", FINDERS, "repair", own=SHOWN),
    post("/repairs/{ref}/found", FINDERS, "repair", phone="19919999999", relation="self"),
    post("/repairs/{ref}/none", FINDERS, "repair", own=(303, 404)),
]
KEEPING = [
    get("/admin", ADMIN),
    get("/admin/system", ADMIN),
    post("/admin/accounts", ADMIN, own=(422,), name="", role="agent", display_name="新来的", zones="CD01",
         department="MZ", senior="", languages=""),
    post("/admin/accounts/{ref}/link", ADMIN, "account", own=SHOWN),
    post("/admin/accounts/{ref}/sessions", ADMIN, "account"),
    post("/admin/accounts/{ref}/role", ADMIN, "account", role="official"),
    post("/admin/accounts/{ref}/disable", ADMIN, "account"),
    post("/admin/accounts/{ref}/enable", ADMIN, "account"),
    post("/admin/live", ADMIN, own=(422,), to="on", confirm="x"),
    get("/tokens", PROGRAMMED),
    post("/tokens", PROGRAMMED, own=(422,), label="报表", scopes="nothing", days="9"),
    post("/tokens/{ref}/revoke", PROGRAMMED, "token"),
    post("/admin/accounts/{ref}/token", ADMIN, "account", own=(422,), label="", days="9"),
    call("GET", "/api/v1/openapi.json", STAFF),
    post("/notices/{ref}/seen", STAFF, "notice"),
    get("/confirmations", ADMIN | SUPERVISOR),
    post("/confirmations/{ref}", ADMIN | SUPERVISOR, "waiting link", own=(303, 404), answer="yes"),
    get("/audit", frozenset({"auditor"}), query=("first", "last", "action", "role", "before")),
    post("/audit/verify", frozenset({"auditor"}), own=SHOWN),
]  # fmt: skip
POLICY: tuple[Row, ...] = (
    *OPEN,
    *RESPONDENT,
    *RESULTS,
    *SUPERVISING,
    *PLANNING,
    *MESSAGES,
    *TASKS,
    *KEEPING,
    *CALLING,
    *SIGN_IN,
)
"""In the order in which the matrix walks it: looking first, signing out last."""
