"""Server CPU of a completed questionnaire: `python -m benchmarks.completed_questionnaire [PEOPLE] [postgres://...]`.

The same requests go, without a client in between, to the application and to an application of the same framework that
answers with constants and inserts one row per write. The ratio of the two is the figure to watch.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from litestar import Litestar, MediaType, Response, get, post
from litestar.response import Redirect
from tortoise.transactions import in_transaction

from questionnaires import statements
from survey_service.operation import migrating
from survey_service.web.identify import DatabaseScope
from tests import cast, serving
from tests.web.links import SATISFIED, Scene, scene

CONSTANT = "<!DOCTYPE html><html lang='zh-CN'><title>回访</title><main>" + "<p>您满意吗？</p>" * 100 + "</main></html>"
HOST = (b"host", b"127.0.0.1:8000")
FORM = (b"content-type", b"application/x-www-form-urlencoded")


@get("/s/{token:str}", sync_to_thread=False)
def constant(token: str) -> Response[str]:
    """The page that is always the same."""
    return Response(CONSTANT, media_type=MediaType.HTML)


@post("/s/{token:str}")
async def insert(token: str) -> Redirect:
    """One row, then on."""
    async with in_transaction(statements.CONNECTION):
        await statements.execute(
            "INSERT INTO survey_service_limit_event (kind, key_digest, at) VALUES ('bench', $1, $2)", token, cast.NOW
        )
    return Redirect(f"/s/{token}", status_code=303)


async def ask(
    app: Callable[..., Awaitable[None]], method: str, url: str, cookies: dict[bytes, bytes], body: bytes
) -> str:
    """One request by the server's own interface; where it leads, if anywhere."""
    path, _, query = url.partition("?")
    headers = [HOST, FORM, (b"content-length", str(len(body)).encode())]
    headers += [(b"cookie", b"; ".join(name + b"=" + value for name, value in cookies.items()))] if cookies else []
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    leads = ""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal leads
        if message["type"] != "http.response.start":
            return
        if message["status"] not in (200, 303):
            raise SystemExit(f"{method} {path}: {message['status']}")
        for name, value in message["headers"]:
            if name == b"location":
                leads = value.decode()
            if name == b"set-cookie":
                own, _, rest = value.partition(b"=")
                cookies[own] = rest.partition(b";")[0]

    await app(scope, receive, send)
    return leads


async def questionnaire(app: Callable[..., Awaitable[None]], token: str) -> int:
    """Answers one questionnaire from the notice to the thanks; the number of requests."""
    url, cookies, requests = f"/s/{token}", dict[bytes, bytes](), 1
    await ask(app, "GET", url, cookies, b"")
    forms = [{"at": "q_consent", "q_consent": "1"}]
    forms += [{"at": key, key: value, "go": "next"} for key, value in SATISFIED.items()]
    for form in [*forms, {"go": "submit"}]:
        leads = await ask(app, "POST", url, cookies, urlencode(form).encode())
        await ask(app, "GET", leads, cookies, b"")
        requests += 2
    return requests


async def measured(app: Callable[..., Awaitable[None]], tokens: list[str]) -> tuple[float, int]:
    """CPU seconds per questionnaire of this process, threads of the database driver included; requests of one."""
    started, requests = time.process_time(), 0
    for token in tokens:
        requests = await questionnaire(app, token)
    return (time.process_time() - started) / len(tokens), requests


async def invite(those: Scene, people: int) -> list[str]:
    """Tokens of people who have not answered."""
    return [(await those.invite()).token for _ in range(people)]


async def main(people: int, url: str) -> None:
    """Prints milliseconds and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = url or f"sqlite:///{folder}/survey.db"
        await migrating.migrate(chosen)
        async with serving.opened(serving.settings_for(chosen, Path(folder)), cast.NOW) as office:
            plain = Litestar(route_handlers=[constant, insert], middleware=[DatabaseScope], openapi_config=None)
            plain.state.orm = office.app.state.orm
            tokens = await invite(await scene(office), people + 1)
            await questionnaire(office.app, tokens[0])
            await questionnaire(plain, tokens[0])
            base, _ = await measured(plain, tokens[1:])
            own, requests = await measured(office.app, tokens[1:])
    print(f"people {people}  requests each {requests}")
    print(f"CPU per completed questionnaire {own * 1000:.1f} ms  constants and one row {base * 1000:.1f} ms")
    print(f"ratio {own / base:.2f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100, sys.argv[2] if len(sys.argv) > 2 else ""))
