"""Renders pages: the template engine, and what every page shows beside its own content."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie

from analysis import rounding
from survey_service.clock import DemoClock
from survey_service.settings import Settings
from survey_service.trust import sessions
from survey_service.trust.notices import Told
from survey_service.trust.viewer import Role, Viewer
from survey_service.web.guards import site_of, viewer_of
from survey_service.web.identify import cookie_name

TEMPLATES = Path(__file__).parent.parent / "templates"
WEEKDAYS = "一二三四五六日"
NAVIGATION: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.AGENT: (("/agent", "我的今天"), ("/agent/inbound", "来电查询")),
    Role.SUPERVISOR: (
        ("/supervisor", "督导台"), ("/supervisor/imports", "导入"), ("/supervisor/projects", "项目"),
        ("/supervisor/waves", "批次"), ("/supervisor/messages", "短信"), ("/report", "结果"),
    ),
    Role.OFFICIAL: (("/report", "结果"),),
    Role.ADMIN: (("/admin", "账号"), ("/admin/system", "系统")),
    Role.AUDITOR: (("/audit", "审计记录"),),
    Role.REVIEWER: (("/review", "复核"),),
    Role.DEPARTMENT: (("/department", "本部门"), ("/report", "结果")),
    Role.STREET: (("/street", "本街道"), ("/report", "结果")),
}  # fmt: skip

WHOLE_DISTRICT = frozenset({"/supervisor/imports"})
"""Not offered to a supervisor of some zones, who would be turned away."""


@dataclass(frozen=True, slots=True)
class Person:
    """The signed-in account as the page head shows it."""

    name: str
    role_label: str
    role: str
    agent_no: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Installation:
    """Whose pages these are."""

    name: str
    office_name: str
    office_phone: str
    calling_number: str
    hotline: str


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation."""

    url: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The frame around a page's content."""

    installation: Installation
    account: Person | None
    nav: tuple[NavItem, ...]
    csrf_token: str
    nonce: str
    request_id: str
    demo_clock: str | None
    warnings: tuple[str, ...]
    notices: tuple[Told, ...]
    now_text: str
    flashes: tuple[str, ...]


def environment(settings: Settings) -> Environment:
    """The template engine: everything escaped, everything undefined an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = settings.zone
    made.filters["moment"] = lambda moment: moment_text(moment.astimezone(zone)) if moment else "—"
    made.filters["utc"] = lambda moment: f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}" if moment else "—"
    made.filters["exact"] = lambda moment: f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" if moment else "—"
    made.filters["clock"] = lambda moment: f"{moment.astimezone(zone):%H:%M}" if moment else "—"
    made.filters["day"] = day_text
    made.filters["percent"] = lambda pair: rounding.percent_text(*pair)
    return made


def moment_text(moment: dt.datetime) -> str:
    """3月5日 周四 10:05."""
    return f"{moment.month}月{moment.day}日 周{WEEKDAYS[moment.weekday()]} {moment:%H:%M}"


def near_text(moment: dt.datetime, now: dt.datetime) -> str:
    """10:05 for today, else with its date; both in the same zone."""
    return f"{moment:%H:%M}" if moment.date() == now.date() else moment_text(moment)


def day_text(day: dt.date | None) -> str:
    """2026年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


def installation(settings: Settings) -> Installation:
    """The words of this installation."""
    return Installation(
        settings.installation, settings.office_name, settings.office_phone, settings.calling_number, settings.hotline
    )


def frame(request: Request[Any, Any, Any], flashes: tuple[str, ...] = ()) -> Page:
    """The frame of a page for this request."""
    site, viewer, state = site_of(request), viewer_of(request), request.scope["state"]
    now = site.clock.now().astimezone(site.settings.zone)
    demo = isinstance(site.clock, DemoClock)
    return Page(
        installation=installation(site.settings),
        account=Person(viewer.display_name, viewer.role.label, viewer.role.value, viewer.agent_no, viewer.whole)
        if viewer
        else None,
        nav=_navigation(viewer, request.scope["path"]),
        csrf_token=sessions.csrf_token(site.keyring, viewer.session_hash) if viewer else "",
        nonce=state["nonce"],
        request_id=state["request_id"],
        demo_clock=f"演示时钟：{now.year}年{moment_text(now)}" if demo else None,
        warnings=tuple(state.get("warnings", ())),
        notices=tuple(state.get("notices", ())),
        now_text=moment_text(now),
        flashes=flashes or _flash(request),
    )


def _navigation(viewer: Viewer | None, path: str) -> tuple[NavItem, ...]:
    items = NAVIGATION.get(viewer.role, ((viewer.role.home, "首页"),)) if viewer else ()
    if viewer and not viewer.whole:
        items = tuple(item for item in items if item[0] not in WHOLE_DISTRICT)
    fitting = [url for url, _ in items if path == url or path.startswith(url + "/")]
    current = max(fitting, key=len, default="")
    return tuple(NavItem(url, label, url == current) for url, label in items)


FLASHES = {
    "saved": "已保存。",
    "signed-out": "已退出登录。",
    "password-set": "密码已设好，请登录。",
    "undone": "已撤销。",
    "released": "已放回名单。",
    "forwarded": "时钟已快进，到期的事情已经处理。",
    "resumed": "已恢复，下一个可拨时段会排进名单。",
    "case-closed": "已结案。",
    "settled": "已记下处理情况。",
    "taken-over": "已采用迟到的结果，个案按它重新安排。",
    "discarded": "文件已删除，没有写入任何内容。",
    "wave-opened": "批次已开始。",
    "wave-closed": "批次已结束。",
    "project-settled": "这个项目已停止拨打；约好时间的照约定打。",
    "project-resumed": "这个项目恢复拨打，每个人还在原来的次序上。",
    "replicate": "已放出下一批样本。",
    "corrected": "结果已更正，个案按新结果重新安排。",
    "queued": "短信已排队。",
    "settled-message": "已登记。",
    "enabled": "账号已启用。",
    "disabled": "账号已停用，已强制退出。",
    "role-changed": "角色已改，该账号已强制退出。",
    "sessions-ended": "该账号已强制退出。",
    "confirmed": "已确认，链接现在可以用了。",
    "taken-back": "已收回，那个链接不能用了。",
    "token-revoked": "令牌已停用。",
    "live": "已标记为正式运行，排队的短信会在可发时段发出。",
    "not-live": "已取消正式运行标记，一条短信也不会发。",
    "verified": "校验已完成。",
    "number-fixed": "号码已登记，个案重新排入拨打。",
    "number-not-found": "已登记为未找到。",
    "no-link": "这个登录链接已用过或已过期。",
}


def _flash(request: Request[Any, Any, Any]) -> tuple[str, ...]:
    # only words from our own table: a message in an address must not put text on an official page
    sentence = FLASHES.get(request.query_params.get("done", ""))
    return (sentence,) if sentence else ()


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    cookies: list[Cookie] | None = None,
    **context: Any,
) -> Response[str]:
    """A rendered page."""
    engine: Environment = request.app.state.templates
    flashes = tuple(context.pop("flashes", ()))
    html = engine.get_template(template).render(page=frame(request, flashes), **context)
    return Response(html, status_code=status, media_type=MediaType.HTML, cookies=cookies or [])


def session_cookie(settings: Settings, secret: str, seconds: int) -> Cookie:
    """The session cookie; zero seconds take it away."""
    return Cookie(
        key=cookie_name(settings.secure),
        value=secret,
        max_age=seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )
