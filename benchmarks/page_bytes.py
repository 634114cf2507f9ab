"""Bytes on the wire of the first page that a respondent opens: `python -m benchmarks.page_bytes`.

Read from the socket: status line, headers and compressed body, then the same of every file that the page asks for.
"""

import asyncio
import re
import socket
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.demonstration import free_port
from tests.faults.installations import Installation, install, settle
from tests.faults.servers import ServerProcess

MOST = 20 * 1024
HEADERS = "User-Agent: Mozilla/5.0 (Linux; Android 8.0)\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nConnection: close\r\n"
ASKED = re.compile(rb'(?:src|href)="(/static/[^"]+)"')


def exchange(base: str, path: str, encoding: bool = True) -> bytes:
    """Everything that comes back for one GET."""
    where = urlsplit(base)
    headers = HEADERS if encoding else HEADERS.replace("Accept-Encoding: gzip, deflate\r\n", "")
    with socket.create_connection((where.hostname, where.port), 30) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\n{headers}\r\n".encode())
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def weigh(place: Installation, name: str, path: str) -> None:
    """Prints the page, its files and the sum."""
    page = exchange(place.base, path)
    print(f"{name}: {page.split(b' ', 2)[1].decode()}")
    print(f"  {'the page itself':<32} {len(page):>7} bytes")
    total = len(page)
    for asked in sorted(set(ASKED.findall(exchange(place.base, path, encoding=False)))):
        size = len(exchange(place.base, asked.decode()))
        total += size
        print(f"  {asked.decode().split('?')[0]:<32} {size:>7} bytes")
    print(f"  {'together':<32} {total:>7} bytes = {total / MOST:.2f} of {MOST}")


async def measure(folder: Path) -> None:
    """The respondent's first page, and an agent's sign-in page beside it."""
    place = await settle(await install("sqlite", folder / "installation", free_port()), 1, linked=True)
    with ServerProcess(place) as server:
        await asyncio.to_thread(weigh, place, "the respondent's first page", f"/s/{place.tokens[0]}")
        await asyncio.to_thread(weigh, place, "the sign-in page", "/login")
        server.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(Path(made)))
