"""Messages for the supervisor: what is queued and sent per wave, unknown ones settled by hand, the sheet as a file."""

import csv
import datetime as dt
import hashlib
import io
from dataclasses import dataclass

import xlsxwriter

from callbacks.frame.reports import guarded
from callbacks.scope import Rows, Scope, conditions
from questionnaires.facts import Fact
from questionnaires.statements import instant, row, rows
from survey_service.clock import real_now
from survey_service.desks.desk import MESSAGE_WORDS
from survey_service.errors import BadInput, NotFound, TooManyTries
from survey_service.messages import message_texts, outbox
from survey_service.messages.message_texts import INVITATION, KINDS, NOTICE
from survey_service.models import MessageSheet
from survey_service.site import Site
from survey_service.trust import limits

SHEET_WAIT = 86_400
SAMPLE_LINK = "（每人一个专用链接）"
BY_HAND = {"sent": "查到已发出", "failed": "查到没有发出", "queued": "重新发一次"}
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
HEADER = ("手机号", "短信内容")
STRINGS_ONLY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class Channel:
    """One kind of message of one wave."""

    kind: str
    label: str
    text: str
    waiting: int
    queued: int
    states: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class WaveMessages:
    """The messages of an open wave."""

    code: str
    title: str
    links: bool
    channels: tuple[Channel, ...]

    @property
    def announced(self) -> bool:
        """The 预告短信 was queued at least once, which invitations wait for."""
        return any(channel.kind == NOTICE and channel.states for channel in self.channels)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that may or may not have left."""

    ref: str
    kind: str
    wave: str
    case: str
    at: dt.datetime | None


def texts(site: Site) -> dict[str, str]:
    """The words of each kind, with a sample in place of the link."""
    own = message_texts.words(site.settings)
    return {
        NOTICE: message_texts.notice(own),
        INVITATION: message_texts.invitation(own, SAMPLE_LINK, outbox.LINK_DAYS),
    }


async def of_open_waves(site: Site, scope: Scope, now: dt.datetime) -> list[WaveMessages]:
    """Every open wave with both kinds of messages, those in `scope` counted."""
    found = await rows(
        "SELECT id, code, title, allow_links FROM callbacks_wave WHERE state = 'open' ORDER BY standing, id"
    )
    words = texts(site)
    return [
        WaveMessages(
            each["code"], each["title"], bool(each["allow_links"]),
            tuple([await _channel(scope, each["id"], kind, words[kind], now) for kind in KINDS]),
        )
        for each in found
    ]  # fmt: skip


async def _channel(scope: Scope, wave_id: int, kind: str, text: str, now: dt.datetime) -> Channel:
    seen, queued = conditions(scope, Rows.CASE, "c", first=4), conditions(scope, Rows.CASE, "c", first=3)
    reachable = await row(
        f"SELECT count(*) AS n FROM ({outbox.REACHABLE} AND {seen.sql}) reachable", wave_id, now, kind, *seen.args
    )
    states = await rows(
        "SELECT o.state, count(*) AS n FROM survey_service_outbox o JOIN callbacks_case c ON c.id = o.case_id"
        f" WHERE o.wave_id = $1 AND o.kind = $2 AND {queued.sql} GROUP BY o.state ORDER BY o.state",
        wave_id, kind, *queued.args,
    )  # fmt: skip
    counted = {each["state"]: int(each["n"]) for each in states}
    return Channel(
        kind, KINDS[kind], text, int((reachable or {}).get("n") or 0), counted.get("queued", 0),
        tuple((MESSAGE_WORDS.get(state, state), n) for state, n in counted.items()),
    )  # fmt: skip


async def unknown(scope: Scope) -> list[Unknown]:
    """Messages in sight whose fate nobody knows, the oldest first."""
    seen = conditions(scope, Rows.CASE, "c")
    found = await rows(
        "SELECT o.ref, o.kind, o.sent_at, w.code AS wave, c.ref AS case_ref FROM survey_service_outbox o"
        " JOIN callbacks_wave w ON w.id = o.wave_id JOIN callbacks_case c ON c.id = o.case_id"
        f" WHERE o.state = 'unknown' AND {seen.sql} ORDER BY o.id LIMIT 200",
        *seen.args,
    )
    return [
        Unknown(each["ref"], KINDS.get(each["kind"], each["kind"]), each["wave"], each["case_ref"], instant(each["sent_at"]))
        for each in found
    ]  # fmt: skip


async def queue(site: Site, wave_code: str, kind: str, now: dt.datetime) -> tuple[int, Fact]:
    """Queue a kind of message; the 预告短信 comes first. Raises BadInput."""
    if kind not in KINDS:
        raise BadInput("请选择预告短信或自填邀请。", "kind")
    if kind == INVITATION and not await _announced(wave_code):
        raise BadInput("先发预告短信，群众才知道后面的邀请是真的。", "kind")
    count, fact = await outbox.queue(site, wave_code, kind, now)
    if not count:
        raise BadInput("没有可以发的人：都已排过队，或没有手机号、在勿扰名单里、个案已结束。", "kind")
    return count, fact


async def _announced(wave_code: str) -> bool:
    found = await row(
        "SELECT 1 AS found FROM survey_service_outbox o JOIN callbacks_wave w ON w.id = o.wave_id"
        " WHERE w.code = $1 AND o.kind = $2 LIMIT 1",
        wave_code, NOTICE,
    )  # fmt: skip
    return found is not None


async def settle(ref: str, word: str, now: dt.datetime, scope: Scope) -> Fact:
    """What somebody found out about an unknown message. Raises BadInput, and NotFound when it is not unknown (any more)."""
    if word not in BY_HAND:
        raise BadInput("请选择查到的情况。", "as")
    seen = conditions(scope, Rows.CASE, "c", first=5)
    moved = await rows(
        "UPDATE survey_service_outbox SET state = $1, due_at = $2, last_error = NULL,"
        " sent_at = CASE WHEN $3 = 'sent' THEN sent_at ELSE NULL END WHERE ref = $4 AND state = 'unknown'"
        f" AND case_id IN (SELECT c.id FROM callbacks_case c WHERE {seen.sql}) RETURNING ref",
        word, now, word, ref, *seen.args,
    )  # fmt: skip
    if not moved:
        raise NotFound
    return Fact("message_settled_by_hand", ref, {"state": word})


async def sheet(
    site: Site, wave_code: str, kind: str, form: str, reason: str, now: dt.datetime, scope: Scope
) -> tuple[bytes, Fact]:
    """Phone and text of the queued messages as a file, and what the trail says of it. Raises BadInput, TooManyTries.

    One file is about one wave and one kind of message, holds each message once for all, and is counted.
    """
    if kind not in KINDS or form not in FORMATS:
        raise BadInput("请选择短信种类和文件格式。", "kind")
    lines, fact = await outbox.sheet(site, wave_code, kind, now, scope)
    if not lines:
        raise BadInput("没有排队的短信可以下载，请先“排队”。", "kind")
    content = as_xlsx(lines) if form == "xlsx" else as_csv(lines)
    digest, number = hashlib.sha256(content).hexdigest(), await _count_sheet(site, scope)
    wave = await row("SELECT id FROM callbacks_wave WHERE code = $1", wave_code)
    await MessageSheet.create(
        wave_id=(wave or {})["id"],
        kind=kind,
        account_id=scope.account_id,
        lines=len(lines),
        sha256=digest,
        at=real_now(),
    )
    said: dict[str, str | int] = {"format": form, "sha256": digest, "reason": reason, "today": number}
    return content, Fact(fact.name, fact.object, {**fact.data, **said})


async def _count_sheet(site: Site, scope: Scope) -> int:
    key, now = str(scope.account_id), real_now()
    before = await limits.used(site.keyring, limits.SHEETS, key, now)
    if before >= limits.SHEETS.most:
        raise TooManyTries(SHEET_WAIT)
    await limits.count(site.keyring, limits.SHEETS, key, now)
    return before + 1


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A sheet that was downloaded."""

    wave: str
    kind: str
    by: str
    lines: int
    sha256: str
    at: dt.datetime | None


async def handed_out(scope: Scope) -> list[HandedOut]:
    """The last sheets, the newest first: how many lines, by whom, with which digest; of one's own zones one's own."""
    mine, args = ("WHERE t.account_id = $1", [scope.account_id]) if scope.zone_ids is not None else ("", [])
    found = await rows(
        "SELECT w.title, t.kind, a.display_name, t.lines, t.sha256, t.at FROM survey_service_message_sheet t"
        " JOIN callbacks_wave w ON w.id = t.wave_id JOIN survey_service_account a ON a.id = t.account_id"
        f" {mine} ORDER BY t.id DESC LIMIT 30",
        *args,
    )
    return [
        HandedOut(
            each["title"], KINDS.get(each["kind"], each["kind"]), each["display_name"], int(each["lines"]),
            each["sha256"], instant(each["at"]),
        )
        for each in found
    ]  # fmt: skip


def as_xlsx(lines: list[tuple[str, str]]) -> bytes:
    """A workbook whose every cell is text: long numbers stay whole and nothing in it can run."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, STRINGS_ONLY)
    page = book.add_worksheet("短信")
    text = book.add_format({"num_format": "@"})
    page.set_column(0, 0, 16, text)
    page.set_column(1, 1, 90, text)
    for place, cells in enumerate((HEADER, *lines)):
        for column, cell in enumerate(cells):
            page.write_string(place, column, cell, text)
    book.close()
    return out.getvalue()


def as_csv(lines: list[tuple[str, str]]) -> bytes:
    """UTF-8 with BOM; cells that a spreadsheet would calculate are guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for cells in (HEADER, *lines):
        writer.writerow([guarded(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")
