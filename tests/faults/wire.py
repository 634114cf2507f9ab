"""A caller that costs little itself, for measuring: JSON over one kept connection, nothing between it and the socket."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(slots=True)
class Wire:
    """One caller's connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: str

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Status and body of one request; a body given is sent as JSON."""
        sent = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self.head}content-length: {len(sent)}\r\n\r\n"
        self.writer.write(head.encode() + sent)
        head_lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head_lines[1:] if ": " in line)
        status = int(head_lines[0].split(" ")[1])
        if fields.get("transfer-encoding") == "chunked":
            return status, await self._chunks()
        return status, await self.reader.readexactly(int(fields.get("content-length", "0")))

    async def _chunks(self) -> bytes:
        found = b""
        while size := int(await self.reader.readline(), 16):
            found += await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return found

    async def json(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON that was answered. Raises AssertionError for a refusal."""
        status, answered = await self.ask(method, path, body)
        assert status < 400, f"{method} {path}: {status} {answered[:300]!r}"
        return json.loads(answered)

    def close(self) -> None:
        """Hang up."""
        self.writer.close()


async def connect(base: str, headers: Mapping[str, str]) -> Wire:
    """A caller who sends these headers with everything."""
    where = urlsplit(base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    lines = {"host": where.netloc, "content-type": "application/json", **headers}
    return Wire(reader, writer, "".join(f"{name}: {value}\r\n" for name, value in lines.items()))
