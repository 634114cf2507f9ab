"""What forms, addresses and programs should never send, and do."""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

TEXTS: tuple[str, ...] = (
    "\x00", "a\x00b", "2147483648", "9223372036854775808", "-1", "0", "1e309", "NaN", "x" * 20_000, "名" * 3_000,
    "\u202e\u200f反", "👩‍👩‍👧", "{{7*7}}", "{name.__class__}", "=HYPERLINK(\"http://x\")", "' OR 1=1 --", "%", "\r\nSet-Cookie: a=b",
    "../../etc/passwd", "<script>alert(1)</script>", "٣", "²", "\ufffe", "0001-01-01T00:00", "9999-12-31T23:59:59",
    "2026-02-30", "true", "null", "",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 2**31, 2**63, 1.5, [], {}, [["a"]], {"a": {"b": 1}}, *TEXTS[:2], "x" * 20_000, "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "\u202e", "👩‍👩‍👧",
)  # fmt: skip
RAW_FORMS: tuple[bytes, ...] = (
    b"", b"\xff\xfe", b"a=%", b"a=%zz", b"a=%ff%fe", b"a=%ed%a0%80", b"=", b"&&&&", b"a", b"a=1&a=2&a=3", b"a[]=1&a[b]=2",
    b"&".join(b"f%d=1" % number for number in range(1_500)), b"%00=%00", b"\x00" * 100,
)  # fmt: skip
RAW_JSON: tuple[bytes, ...] = (
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff", b"[" * 10_000, b'{"a":' * 10_000, b'{"\\ud800":"\\ud800"}', b"{}{}",
    b'{"a":1e999}', b"NaN", b"\xef\xbb\xbf{}",
)  # fmt: skip
TYPES = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=", "text/plain", "application/x-www-form-urlencoded; charset=utf-7", "",
    "application/x-www-form-urlencoded; charset=\xff", "multipart/form-data; boundary=\"\x01\"",
)  # fmt: skip
MULTIPART = (
    b"", b"--x", b"--x--", b"--x\r\n\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00b.csv"\r\n\r\n\x00\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\n\xff\xfe\r\n--x--\r\n',
    b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename*=utf-8\'\'%ff\r\n\r\nx\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="kind"\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nx\r\n--x--\r\n',
)  # fmt: skip
GAPS = (
    "%00",
    "a%00b",
    "%FF%FE",
    "%ED%A0%80",
    "..",
    "%2e%2e",
    "x" * 300,
    "9223372036854775808",
    "-1",
    "%E5%90%8D",
    "%F0%9F%91%A9",
    "'",
)


ALWAYS = ("a\x00b", "9223372036854775808", "")
AT_ONCE = 8
_turn = itertools.count()


def some(many: Sequence[Any], n: int = AT_ONCE) -> list[Any]:
    """The next `n` of them, round and round: the whole corpus meets every route, not every field."""
    start = next(_turn) * n
    return [many[(start + step) % len(many)] for step in range(min(n, len(many)))]


def spoilt_forms(form: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Proper forms with one field spoilt, each field and each text; raw bytes that are no form."""
    for name in form:
        for text in (*ALWAYS, *some(TEXTS)):
            yield name, encoded({**form, name: text})
        yield name, encoded({other: value for other, value in form.items() if other != name})
        for raw in some((b"%ff%fe", b"%ed%a0%80", b"%c0%80"), 1):
            yield (
                name,
                encoded({other: value for other, value in form.items() if other != name})
                + b"&"
                + f"{name}=".encode()
                + raw,
            )
    for raw in some(RAW_FORMS):
        yield "body", raw


def encoded(form: Mapping[str, Any]) -> bytes:
    """A form as browsers send it."""
    return "&".join(f"{quote(name)}={quote(str(value))}" for name, value in form.items()).encode()


def spoilt_json(body: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Proper bodies with one member spoilt, one more member, and bytes that are no body."""
    for name in body:
        for value in (*ALWAYS, 2**63, *some(VALUES)):
            yield name, json.dumps({**body, name: value}).encode()
        yield name, json.dumps({**body, name: "@@"}).replace('"@@"', '"\\ud800"').encode()
        yield name, json.dumps({key: value for key, value in body.items() if key != name}).encode()
    yield "extra", json.dumps({**body, "role": "admin"}).encode()
    for raw in RAW_JSON:
        yield "body", raw
