"""Words that occur nowhere else, and the search for their bytes in everything that an installation leaves on disk."""

import base64
import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import re2

LETTERS = "春江水暖天明月照千山花落知多少东南西北风云雨雪梅兰竹菊松柏青石"
ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
OWN_KEYS = ("kek",)
MEMORY = 256 * 1024 * 1024


def word(length: int = 6) -> str:
    """Chinese letters in an order of their own."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def digits(start: str, length: int) -> str:
    """A number that begins like this."""
    return start + "".join(secrets.choice("0123456789") for _ in range(length - len(start)))


@dataclass(slots=True)
class Canaries:
    """Every secret that was told to the installation, by kind."""

    told: dict[str, list[str]] = field(default_factory=dict)

    def tell(self, kind: str, text: str) -> str:
        """Remember a secret, and hand it on."""
        assert len(text) >= 6, "too short to be like no other"
        self.told.setdefault(kind, []).append(text)
        return text

    def patterns(self) -> dict[bytes, str]:
        """Every way in which a secret may be written, with its kind."""
        found: dict[bytes, str] = {}
        for kind, texts in self.told.items():
            for text in texts:
                ways = {text.encode(encoding) for encoding in ENCODINGS}
                ways |= {json.dumps(text)[1:-1].encode(), text.encode().hex().encode()}
                ways |= {base64.b64encode(text.encode())[:-4]} if len(text.encode()) >= 18 else set()
                found |= dict.fromkeys(ways, kind)
        return found


def hits(canaries: Canaries, folders: list[Path], since: float = 0) -> list[tuple[str, str]]:
    """(kind, file) of every secret found in the clear in files that were written since then."""
    patterns = canaries.patterns()
    escaped = (b"".join(b"\\x%02x" % byte for byte in pattern) for pattern in patterns)
    options = re2.Options()
    options.max_mem, options.encoding = MEMORY, re2.Options.Encoding.LATIN1
    search = re2.compile(b"|".join(escaped), options)
    found = set()
    for path, content in _contents(folders, since):
        found |= {(patterns[hit.group()], path) for hit in search.finditer(content)}
    return sorted(found)


def _contents(folders: list[Path], since: float) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            usual = path.is_file() and not path.is_symlink() and path.name not in OWN_KEYS
            if usual and path.stat().st_mtime >= since:
                content = path.read_bytes()
                yield str(path.relative_to(folder)), content
                yield from _unpacked(str(path.relative_to(folder)), content)


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield f"{name}/{member}", archive.read(member)
