"""The real adapter against a gateway on this machine: what it sends, and what each kind of answer does to the message."""

import asyncio
import dataclasses
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from survey_service import ticks
from survey_service.errors import OperatorRefused
from survey_service.gateways.sms import GatewayBusy, GatewayRefused, GatewayUnknown, HttpSmsGateway, pinned
from survey_service.messages import message_texts, outbox
from survey_service.models import Outbox
from tests import cast, serving
from tests.conftest import OutsideRefused

BODY = '{"mobile":"{phone}","content":"{text}","extno":"{ref}"}'


@dataclass(slots=True)
class Provider:
    """A gateway of our own: remembers requests, answers as told."""

    url: str = ""
    status: int = 200
    answer: str = '{"id": "m-1"}'
    silent: bool = False
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def provider() -> Iterator[Provider]:
    told = Provider()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is the library's
            length = int(self.headers["Content-Length"])
            told.asked.append((dict(self.headers), self.rfile.read(length)))
            if told.silent:
                self.close_connection = True
                return
            self.send_response(told.status)
            if told.status == 302:
                self.send_header("Location", told.url)
            self.end_headers()
            self.wfile.write(told.answer.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    told.url = f"http://127.0.0.1:{server.server_port}/send"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


def adapter(provider: Provider) -> HttpSmsGateway:
    return HttpSmsGateway(provider.url, BODY, {"Authorization": "Bearer test"}, ("127.0.0.1",))


async def test_the_template_is_filled_and_a_text_with_quotes_stays_one_json_string(provider: Provider) -> None:
    assert await adapter(provider).send("14000000001", '他说“好”"\\', "ref1") == "m-1"
    headers, body = provider.asked[0]
    assert json.loads(body) == {"mobile": "14000000001", "content": '他说“好”"\\', "extno": "ref1"}
    assert headers["Authorization"] == "Bearer test"


@pytest.mark.parametrize(
    ("status", "error"), [(429, GatewayBusy), (503, GatewayBusy), (400, GatewayRefused), (302, GatewayRefused)]
)
async def test_answers_other_than_yes_are_told_apart_and_no_redirect_is_followed(
    provider: Provider, status: int, error: type[Exception]
) -> None:
    provider.status = status
    with pytest.raises(error):
        await adapter(provider).send("14000000001", "您好", "ref1")
    assert len(provider.asked) == 1


async def test_a_connection_that_breaks_after_the_request_may_have_sent_it(provider: Provider) -> None:
    provider.silent = True
    with pytest.raises(GatewayUnknown):
        await adapter(provider).send("14000000001", "您好", "ref1")


async def test_nobody_listening_means_surely_not_sent() -> None:
    nobody = HttpSmsGateway("http://127.0.0.1:9/send", BODY, {}, ("127.0.0.1",))
    with pytest.raises(GatewayBusy):
        await nobody.send("14000000001", "您好", "ref1")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://10.0.0.1/x",
        "https://169.254.169.254/latest", "https://2130706433/", "https://0x7f.1/", "https://user@127.0.0.1/", "ftp://127.0.0.1/",
        "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "file:///etc/passwd", "https:///x",
    ],
)  # fmt: skip
def test_addresses_inside_the_house_are_refused_unless_listed(url: str) -> None:
    with pytest.raises((OperatorRefused, GatewayBusy)):
        pinned(url, ())


async def test_a_name_that_leads_into_the_house_when_asked_again_is_asked_once(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = list[str](), socket.getaddrinfo

    def rebinding(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if host != "gateway.example":
            return real(host, port, *args, **more)
        asked.append(host)
        return real("127.0.0.1" if len(asked) > 1 else "93.184.216.34", port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = provider.url.rsplit(":", 1)[1].partition("/")[0]
    named = HttpSmsGateway(f"https://gateway.example:{port}/send", BODY, {}, ())
    with pytest.raises(ExceptionGroup) as refused:
        await named.send("14000000001", "您好", "ref1")
    assert refused.group_contains(OutsideRefused, match=r"93\.184\.216\.34")
    assert asked == ["gateway.example"] and provider.asked == []


async def test_the_gateway_sees_the_name_that_it_was_asked_by(provider: Provider) -> None:
    named = HttpSmsGateway(provider.url.replace("127.0.0.1", "localhost"), BODY, {}, ("localhost",))
    assert await named.send("14000000001", "您好", "ref1") == "m-1"
    assert provider.asked[0][0]["Host"].startswith("localhost:")


def test_a_name_is_pinned_to_the_public_address_it_was_examined_by(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [("93.184.216.34", 443)]
    infos = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answer) for answer in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: infos)
    target = pinned("https://sms.example/send?a=1", ())
    assert (target.url, target.host, target.host_header) == (
        "https://93.184.216.34/send?a=1", "sms.example", "sms.example",
    )  # fmt: skip
    infos.append((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443)))
    with pytest.raises(OperatorRefused):
        pinned("https://sms.example/send", ())


async def queued(office: serving.Office, provider: Provider) -> Any:
    scene = await cast.district()
    await cast.case(office.site.keyring, scene.wave, scene.relief, scene.frames[scene.relief.id], scene.east)
    site = dataclasses.replace(office.site, gateway=adapter(provider))
    async with site.ledger.change(ticks.SYSTEM) as change:
        change.record((await outbox.queue(site, scene.wave.code, message_texts.NOTICE, change.now))[1])
        change.record(await outbox.mark_live(True))
    return site


async def test_a_busy_gateway_is_tried_again_at_once_then_spaced(office: serving.Office, provider: Provider) -> None:
    site, provider.status = await queued(office, provider), 503
    await ticks.run(site)
    await ticks.run(site)
    assert len(provider.asked) == 2 and (await Outbox.get()).state == "queued"
    await ticks.run(site)
    assert len(provider.asked) == 2, "the third try waits"
    provider.status = 200
    office.clock.pass_by(minutes=6)
    await ticks.run(site)
    sent = await Outbox.get()
    assert (sent.state, sent.provider_ref, len(provider.asked)) == ("sent", "m-1", 3)


async def test_a_message_that_may_have_left_is_never_sent_again_by_itself(
    office: serving.Office, provider: Provider
) -> None:
    site, provider.silent = await queued(office, provider), True
    await ticks.run(site)
    provider.silent = False
    office.clock.pass_by(hours=1)
    await ticks.run(site)
    assert (await Outbox.get()).state == "unknown" and len(provider.asked) == 1


async def test_nothing_leaves_outside_the_calling_hours(office: serving.Office, provider: Provider) -> None:
    site = await queued(office, provider)
    office.clock.pass_by(hours=3)  # 13:05, when people sleep
    await ticks.run(site)
    assert provider.asked == []
    office.clock.pass_by(hours=2)
    await ticks.run(site)
    assert len(provider.asked) == 1


async def test_no_transaction_is_open_while_the_gateway_thinks(office: serving.Office, provider: Provider) -> None:
    site = await queued(office, provider)
    slow = dataclasses.replace(site, gateway=Slow())
    delivering = asyncio.create_task(ticks.run(slow))
    await asyncio.sleep(0.2)
    async with asyncio.timeout(2):
        async with site.ledger.change(ticks.SYSTEM) as change:
            change.record(await outbox.mark_live(True))
    await delivering


class Slow:
    """A gateway that takes its time."""

    async def send(self, phone: str, text: str, ref: str) -> str:
        await asyncio.sleep(3)
        return "late"
