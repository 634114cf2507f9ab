"""One JSON line per event on standard error, numbers that look like phones or identities struck out."""

import json
import logging
import re
import sys
import traceback
from typing import Any

DIGITS = re.compile(r"\d{7,}")
FULL_WIDTH = re.compile(r"[０-９]{7,}")
TOKEN = re.compile(r"(?<=/s/)[A-Za-z0-9_-]{10,}|(?<=/enter/)[A-Za-z0-9_-]{10,}|(?<=/set-password/)[A-Za-z0-9_-]{10,}")
SECRET = re.compile(
    r"(?i)(password|token|cookie|authorization|secret)(['\"]?\s*[=:]\s*['\"]?(?:(?:bearer|basic)\s+)?)[^\s'\",;]+"
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def redacted(text: str) -> str:
    """The text as it may be logged."""
    text = SECRET.sub(r"\1\2***", TOKEN.sub("***", text))
    return CONTROL.sub(" ", FULL_WIDTH.sub("***", DIGITS.sub("***", text)))


class JsonLines(logging.Formatter):
    """A record as one line of JSON; a traceback keeps its frames and loses its message, which may quote input."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redacted(record.getMessage())[:2_000],
        }
        for name, value in getattr(record, "fields", {}).items():
            line[name] = redacted(value)[:500] if isinstance(value, str) and name != "request" else value
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["frames"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames][
                -12:
            ]
        return json.dumps(line, ensure_ascii=False)


def configure(level: str) -> None:
    """Our lines at `level`, libraries only from warning up (their debug lines quote values)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("survey").setLevel(level)
