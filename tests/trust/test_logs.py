"""The log: one JSON line per event, with numbers, tokens, secrets and line breaks struck out, whatever was logged."""

import json
import logging

import pytest

from survey_service.operation.logs import JsonLines, redacted

PHONE, IDENTITY = "13800138000", "340102195001011234"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"call {PHONE} failed", PHONE), (f"身份证{IDENTITY}", IDENTITY), ("１３８００１３８０００", "１３８００１３８０００"),
        ("GET /s/AbCdEfGhIjKlMnOpQrStUv", "AbCdEfGhIj"), ("/enter/AbCdEfGhIjKlMnOpQrStUv?x=1", "AbCdEfGhIj"),
        ("/set-password/AbCdEfGhIjKlMnOpQrStUv", "AbCdEfGhIj"), ("password=春风又绿", "春风"),
        ('{"password": "spring wind"}', "spring"), ("Cookie: session=abcdef", "abcdef"),
        ("Authorization: Bearer sk_abcdefgh", "sk_abcdefgh"), ("secret='hush'", "hush"), ("TOKEN=abc.def", "abc.def"),
    ],
)  # fmt: skip
def test_what_could_harm_somebody_is_struck_out(text: str, secret: str) -> None:
    assert secret not in redacted(text) and "***" in redacted(text)


@pytest.mark.parametrize("text", ["case 2f9k3m claimed", "took 12345 ms", "批次 W1 已结束", "/supervisor/waves/W1"])
def test_what_operators_need_stays_readable(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("sign", ["\n", "\r", "\x1b[31m", "\u202e", "\u2028", "\x00", "\x85"])
def test_nothing_logged_starts_a_line_of_its_own(sign: str) -> None:
    line = _line(f"before{sign}after", {"path": f"/x{sign}y"})
    assert len(line.splitlines()) == 1 and "\x1b" not in line and "\u202e" not in line
    assert json.loads(line)["event"].startswith("before ")


def test_an_error_keeps_its_frames_and_loses_its_message() -> None:
    try:
        int(f"number {PHONE}")
    except ValueError as problem:
        record = logging.LogRecord("survey", logging.ERROR, __file__, 1, "unexpected", None, _info(problem))
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "ValueError" and PHONE not in json.dumps(line)
    assert any("test_logs.py" in frame for frame in line["frames"])


def test_fields_beside_the_event_are_redacted_and_the_request_number_is_kept() -> None:
    line = json.loads(_line("request", {"path": f"/{PHONE}", "request": "0123456789abcdef", "status": 404}))
    assert line["path"] == "/***" and line["request"] == "0123456789abcdef" and line["status"] == 404


def test_a_long_text_does_not_fill_the_disk() -> None:
    line = json.loads(_line("x" * 100_000, {"note": "y" * 100_000}))
    assert len(line["event"]) <= 2_000 and len(line["note"]) <= 500


def _info(problem: BaseException) -> tuple[type[BaseException], BaseException, object]:
    return type(problem), problem, problem.__traceback__


def _line(event: str, fields: dict[str, object]) -> str:
    record = logging.LogRecord("survey", logging.INFO, __file__, 1, event, None, None)
    record.fields = fields
    return JsonLines().format(record)
