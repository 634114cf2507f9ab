"""Short messages through the HTTP gateway that the operator configured, by a request template."""

import asyncio
import ipaddress
import json
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import httpx

from survey_service.errors import OperatorRefused
from survey_service.settings import Settings

TIMEOUT_SECONDS = 5.0
NAT64 = ipaddress.ip_network("64:ff9b::/96")
MOST_ANSWER_BYTES = 65_536
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class GatewayBusy(Exception):
    """The gateway did not take the message now; it was surely not sent and may be tried again."""


class GatewayRefused(Exception):
    """The gateway will never take this message; carries the status word, never the text."""


class GatewayUnknown(Exception):
    """The connection broke after the message may have been taken: never resent without asking."""


class SmsGateway(Protocol):
    """Something that sends one short message."""

    async def send(self, phone: str, text: str, ref: str) -> str:
        """Hand one message over; the provider's reference. Raises GatewayBusy, GatewayRefused or GatewayUnknown."""
        ...


@dataclass(slots=True)
class RecordingGateway:
    """A stand-in that remembers what it was given; `answers` may hold errors to raise, first come first."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    answers: list[Exception] = field(default_factory=list)

    async def send(self, phone: str, text: str, ref: str) -> str:
        if self.answers:
            raise self.answers.pop(0)
        self.sent.append((phone, text, ref))
        return f"recorded-{len(self.sent)}"


@dataclass(frozen=True, slots=True)
class HttpSmsGateway:
    """POSTs the operator's JSON template to the operator's address, and to no other."""

    url: str
    body: str
    headers: dict[str, str]
    allowed_hosts: tuple[str, ...]

    async def send(self, phone: str, text: str, ref: str) -> str:
        target = await asyncio.to_thread(pinned, self.url, self.allowed_hosts)
        content = filled(self.body, phone=phone, text=text, ref=ref)
        headers = {"Content-Type": "application/json", **self.headers, "Host": target.host_header}
        try:
            # no redirects, no proxy from the environment: the pinned address is the only one ever spoken to
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
                answer = await client.post(
                    target.url, content=content.encode(), headers=headers, extensions={"sni_hostname": target.host}
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise GatewayBusy(type(problem).__name__) from problem
        except httpx.HTTPError as problem:
            raise GatewayUnknown(type(problem).__name__) from problem
        return _reference(answer)


def _reference(answer: httpx.Response) -> str:
    if answer.status_code == 429 or answer.status_code >= 500:
        raise GatewayBusy(str(answer.status_code))
    if answer.status_code >= 300:
        raise GatewayRefused(str(answer.status_code))
    try:
        found = json.loads(answer.content[:MOST_ANSWER_BYTES])
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    return str(next((found[name] for name in ("id", "msgid", "message_id", "sid") if name in found), ""))[:100]


def filled(template: str, **values: str) -> str:
    """The template with {phone}, {text} and {ref} replaced inside JSON strings; nothing else is understood."""
    found = template
    for name, value in values.items():
        found = found.replace("{" + name + "}", json.dumps(value, ensure_ascii=False)[1:-1])
    return found


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes: the address that was looked at, and the name that it was looked up by."""

    url: str
    host: str
    host_header: str


def pinned(url: str, allowed_hosts: tuple[str, ...]) -> Target:
    """The gateway's address, looked up once: the request goes to the very address that was examined.

    A name that is looked up again for the connection may by then lead into the house (DNS rebinding). The name stays
    in the Host header and is the one that the certificate has to carry. Raises OperatorRefused unless it is https to
    a public address or a host that the operator listed, GatewayBusy when the name cannot be looked up.
    """
    parts = urlsplit(url)
    host, listed = parts.hostname or "", parts.hostname in allowed_hosts
    if not host or (not listed and (parts.scheme != "https" or parts.username)):
        raise OperatorRefused("短信网关要用 https 网址；内网地址须列入 SURVEY_GATEWAY_HOSTS")
    found = _looked_up(host, parts.port or (443 if parts.scheme == "https" else 80))
    if not listed and not all(_public(address) for address in found):
        raise OperatorRefused("短信网关解析到内网地址，须列入 SURVEY_GATEWAY_HOSTS")
    first = f"[{found[0]}]" if found[0].version == 6 else str(found[0])
    port = f":{parts.port}" if parts.port else ""
    name = f"[{host}]" if ":" in host else host
    return Target(urlunsplit((parts.scheme, f"{first}{port}", parts.path, parts.query, "")), host, f"{name}{port}")


def _looked_up(host: str, port: int) -> list[Address]:
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise GatewayBusy("dns") from problem
    found = [ipaddress.ip_address(info[4][0]) for info in infos]
    if not found:
        raise GatewayBusy("dns")
    return found


def _public(address: Address) -> bool:
    # addresses that carry an IPv4 one inside would lead through a translator to wherever that one points
    carried = address.version == 6 and (address in NAT64 or address.sixtofour or address.teredo or address.ipv4_mapped)
    return address.is_global and not carried


def configured(settings: Settings) -> SmsGateway | None:
    """The operator's gateway, or None when none is configured."""
    if not settings.sms_url:
        return None
    headers = {}
    if settings.sms_header_file:
        name, _, value = Path(settings.sms_header_file).read_text("utf-8").strip().partition(":")
        headers[name.strip()] = value.strip()
    return HttpSmsGateway(settings.sms_url, settings.sms_body, headers, settings.gateway_hosts)
