"""Words that occur nowhere else, and the search for their bytes in everything that an installation leaves on disk."""

import base64
import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LETTERS = "春江水暖天明月照千山花落知多少东南西北风云雨雪梅兰竹菊松柏青石"
ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
OWN_KEYS = ("kek",)


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


def hits(canaries: Canaries, folders: list[Path]) -> list[tuple[str, str]]:
    """(kind, file) of every secret found in the clear."""
    patterns = canaries.patterns()
    found = set()
    for path, content in _contents(folders):
        found |= {(kind, path) for pattern, kind in patterns.items() if pattern in content}
    return sorted(found)


def _contents(folders: list[Path]) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.is_symlink() or path.name in OWN_KEYS:
                continue
            content = path.read_bytes()
            yield str(path.relative_to(folder)), content
            yield from _unpacked(str(path.relative_to(folder)), content)


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield f"{name}/{member}", archive.read(member)
