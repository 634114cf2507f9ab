"""Messages leave through here: queued in the change that decides them, claimed, sent outside any transaction, settled."""

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Any

from callbacks.calling import links
from callbacks.planning import work_calendar
from callbacks.rules import caps
from callbacks.rules.states import OPEN, CaseState, listed
from callbacks.rules.windows import shipped_windows
from callbacks.scope import Rows, Scope, conditions
from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.clock import real_now
from survey_service.errors import BadInput, OperatorRefused
from survey_service.gateways.sms import GatewayBusy, GatewayRefused, GatewayUnknown, SmsGateway
from survey_service.messages import message_texts
from survey_service.messages.message_texts import INVITATION, NOTICE
from survey_service.models import Setting
from survey_service.site import Site
from survey_service.trust.accounts import new_ref
from survey_service.trust.audit import SYSTEM

COLUMN = "survey_service_outbox.body"
PHONE_COLUMN = "vault_contact.phone"
BATCH = 50
LEASE = dt.timedelta(minutes=2)
LINK_DAYS = 7
LINK = re.compile(r"https?://\S+/s/([A-Za-z0-9_-]{22})")
MOST_TRIES = 49
SPACING = dt.timedelta(minutes=5)
LIVE = "live"

RECEIPTS = {
    "delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "expired": "failed",
    "rejected": "failed",
}

INVITED = listed(OPEN - {CaseState.S05, CaseState.S14})
"""No invitation while the number is being looked for or a supervisor has to decide."""

REACHABLE = f"""
SELECT c.id, c.contact_ref, c.phone_digest, k.phone_sealed FROM callbacks_case c
JOIN vault_contact k ON k.ref = c.contact_ref
WHERE c.wave_id = $1 AND k.kind = 'mobile' AND c.state IN ({INVITED})
AND NOT EXISTS (SELECT 1 FROM callbacks_do_not_contact d WHERE d.phone_digest = c.phone_digest
    AND (d.until IS NULL OR d.until > $2))
AND NOT EXISTS (SELECT 1 FROM survey_service_outbox o WHERE o.case_id = c.id AND o.kind = $3)
"""
INSERT = """
INSERT INTO survey_service_outbox
    (ref, kind, wave_id, case_id, contact_ref, phone_digest, body_sealed, state, due_at, tries, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, 0, $9)
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One claimed message."""

    id: int
    ref: str
    phone: str
    text: str
    tries: int


async def is_live() -> bool:
    """Whether this installation was marked live; one that was not sends nothing."""
    found = await Setting.get_or_none(name=LIVE)
    return found is not None and found.value == "1"


async def mark_live(live: bool) -> Fact:
    """Mark the installation live, or take the mark away (a restore does)."""
    await Setting.update_or_create({"value": "1" if live else "0", "changed_at": real_now()}, name=LIVE)
    return Fact("messages_marked_live" if live else "messages_marked_not_live", LIVE)


async def queue(site: Site, wave_code: str, kind: str, now: dt.datetime) -> tuple[int, Fact]:
    """Queue the 预告短信 or the invitations of an open wave, one of a kind per case; how many."""
    wave = await statements.row("SELECT id, code, state, allow_links FROM callbacks_wave WHERE code = $1", wave_code)
    if wave is None or wave["state"] != "open":
        raise BadInput("只有进行中的批次才能发短信。")
    if kind == INVITATION and not wave["allow_links"]:
        raise BadInput("这个批次没有手机问卷，不能发邀请。")
    people = await statements.rows(REACHABLE, wave["id"], now, kind)
    rows, own = [], message_texts.words(site.settings)
    for person in people:
        ref = new_ref()
        text = message_texts.notice(own)
        if kind == INVITATION:
            text = message_texts.invitation(own, await _link(site, person["id"], now), LINK_DAYS)
        sealed = site.keyring.seal(COLUMN, ref, text)
        rows.append(
            (ref, kind, wave["id"], person["id"], person["contact_ref"], person["phone_digest"], sealed, now, now)
        )
    await statements.execute_many(INSERT, rows)
    return len(rows), Fact("messages_queued", wave_code, {"kind": kind, "count": len(rows)})


async def _link(site: Site, case_id: int, now: dt.datetime) -> str:
    token, expires = links.new_token(), now + dt.timedelta(days=LINK_DAYS)
    await links.revoke(case_id, now)
    await statements.execute_many(links.ADD, [(links.digest(token), case_id, now, expires)])
    return f"{site.settings.public_url}/s/{token}"


async def deliver(site: Site, gateway: SmsGateway | None) -> list[Fact]:
    """Send what is due: inside the calling windows, within the caps, only from a live installation."""
    await _settle_lost(site)
    if gateway is None or not await is_live() or not await _window_open(site):
        return []
    messages = await claim(site)
    for message in messages:
        await _send(site, gateway, message)
    return [Fact("messages_sent", "outbox", {"count": len(messages)})] if messages else []


async def _window_open(site: Site) -> bool:
    calendar = await work_calendar.load()
    return shipped_windows(site.settings.zone).is_open(site.clock.now(), calendar)


async def claim(site: Site) -> list[Message]:
    """Take up to a batch of due messages in one transaction; a number's next one waits a day (R16)."""
    holder = secrets.token_hex(4)
    async with site.ledger.change(SYSTEM) as change:
        now = change.now
        due = await statements.rows(
            "SELECT o.id, o.ref, o.phone_digest, o.wave_id, o.body_sealed, o.tries, k.ref AS contact, k.phone_sealed, "
            "c.state AS case_state FROM survey_service_outbox o JOIN vault_contact k ON k.ref = o.contact_ref "
            "JOIN callbacks_case c ON c.id = o.case_id "
            f"WHERE o.state = 'queued' AND o.due_at <= $1 ORDER BY o.due_at, o.id LIMIT {BATCH}",
            now,
        )
        taken: list[Message] = []
        for row in due:
            if (free_at := await _free_at(row, now)) > now:
                await statements.execute(
                    "UPDATE survey_service_outbox SET due_at = $1 WHERE id = $2", free_at, row["id"]
                )
            elif await _take(row["id"], holder, now):
                phone = site.keyring.unseal(PHONE_COLUMN, row["contact"], row["phone_sealed"])
                text = site.keyring.unseal(COLUMN, row["ref"], row["body_sealed"])
                taken.append(Message(int(row["id"]), row["ref"], phone, text, int(row["tries"])))
        change.record(Fact("messages_claimed", "outbox", {"count": len(taken)}, chained=bool(taken)))
    return taken


async def _free_at(row: dict[str, Any], now: dt.datetime) -> dt.datetime:
    """When the message may leave; one to somebody who answered or said no since it was queued is cancelled."""
    over = CaseState(row["case_state"]) not in OPEN
    if over or await statements.row(
        "SELECT 1 AS one FROM callbacks_do_not_contact WHERE phone_digest = $1", row["phone_digest"]
    ):
        await statements.execute("UPDATE survey_service_outbox SET state = 'cancelled' WHERE id = $1", row["id"])
        return now + dt.timedelta(days=1)
    earlier = await statements.rows(
        "SELECT sent_at, wave_id FROM survey_service_outbox WHERE phone_digest = $1 AND sent_at IS NOT NULL",
        row["phone_digest"],
    )
    sent = [moment for found in earlier if (moment := statements.instant(found["sent_at"]))]
    in_wave = sum(1 for found in earlier if found["wave_id"] == row["wave_id"])
    return caps.text_free_at(sent, in_wave, now) or now + dt.timedelta(days=365)


async def _take(message_id: int, holder: str, now: dt.datetime) -> bool:
    # sent_at is set with the claim: a message in flight counts against the caps like a sent one
    return await statements.execute(
        "UPDATE survey_service_outbox SET state = 'sending', claimed_by = $1, lease_until = $2, sent_at = $3, tries = tries + 1 "
        "WHERE id = $4 AND state = 'queued'",
        holder, now + LEASE, now, message_id,
    ) == 1  # fmt: skip


async def _send(site: Site, gateway: SmsGateway, message: Message) -> None:
    """One message, no transaction open meanwhile; then its result."""
    try:
        provider_ref = await gateway.send(message.phone, message.text, message.ref)
        await _settle(site, message, "sent", provider_ref=provider_ref)
    except (GatewayBusy, OperatorRefused) as problem:
        again = message.tries + 1 < MOST_TRIES
        await _settle(
            site, message, "queued" if again else "failed", error=f"not taken {type(problem).__name__} {problem}"[:200]
        )
    except GatewayRefused as problem:
        await _settle(site, message, "failed", error=f"refused {problem}")
    except GatewayUnknown as problem:
        await _settle(site, message, "unknown", error=f"unknown {problem}")


async def _settle(site: Site, message: Message, state: str, *, provider_ref: str = "", error: str = "") -> None:
    async with site.ledger.change(SYSTEM) as change:
        retry = change.now if message.tries == 0 else change.now + SPACING
        await statements.execute(
            "UPDATE survey_service_outbox SET state = $1, provider_ref = $2, last_error = $3, due_at = $4, lease_until = NULL, "
            "sent_at = CASE WHEN $1 IN ('queued', 'failed') THEN NULL ELSE sent_at END WHERE id = $5 AND state = 'sending'",
            state, provider_ref or None, error or None, retry, message.id,
        )  # fmt: skip
        change.record(Fact("message_settled", message.ref, {"state": state}))


async def _settle_lost(site: Site) -> None:
    """A message whose sender vanished may have left: it becomes `unknown` and waits for a person, never resent alone."""
    async with site.ledger.change(SYSTEM) as change:
        lost = await statements.rows(
            "UPDATE survey_service_outbox SET state = 'unknown', lease_until = NULL, last_error = 'sender vanished' "
            "WHERE state = 'sending' AND lease_until < $1 RETURNING ref",
            change.now,
        )
        change.record(Fact("messages_lost", "outbox", {"count": len(lost)}, chained=bool(lost)))


async def receipt(ref: str, word: str) -> Fact:
    """A delivery receipt: only an open message moves, repeated and late receipts change nothing, strange ones are kept."""
    state = RECEIPTS.get(word.casefold())
    if state is None:
        known = await statements.execute(
            "UPDATE survey_service_outbox SET receipt = $1 WHERE ref = $2 AND state IN ('sending', 'sent', 'unknown')",
            word[:40], ref,
        )  # fmt: skip
        return Fact("receipt_kept", ref[:20] if known else "-")
    moved = await statements.execute(
        "UPDATE survey_service_outbox SET state = $1, receipt = $2 WHERE ref = $3 AND state IN ('sending', 'sent', 'unknown')",
        state, word[:40], ref,
    )  # fmt: skip
    return Fact(
        "receipt_taken" if moved else "receipt_ignored",
        ref[:20] if moved else "-",
        {"state": state},
        chained=bool(moved),
    )


async def sheet(
    site: Site, wave_code: str, kind: str, now: dt.datetime, scope: Scope
) -> tuple[list[tuple[str, str]], Fact]:
    """Phone and text of the queued messages in `scope` for the office's own SMS platform; not sent again from here."""
    seen = conditions(scope, Rows.CASE, "c", first=3)
    rows = await statements.rows(
        "SELECT o.id, o.ref, o.phone_digest, o.wave_id, o.body_sealed, k.ref AS contact, k.phone_sealed, "
        "c.state AS case_state FROM survey_service_outbox o "
        "JOIN callbacks_wave w ON w.id = o.wave_id JOIN vault_contact k ON k.ref = o.contact_ref "
        "JOIN callbacks_case c ON c.id = o.case_id "
        f"WHERE w.code = $1 AND o.kind = $2 AND o.state = 'queued' AND {seen.sql} ORDER BY o.id",
        wave_code, kind, *seen.args,
    )  # fmt: skip
    lines = []
    for row in rows:
        # another platform sends them, but the person, the number and the caps (R16) are the same
        if await _free_at(row, now) > now:
            continue
        await statements.execute(
            "UPDATE survey_service_outbox SET state = 'exported', sent_at = $1 WHERE id = $2", now, row["id"]
        )
        phone = site.keyring.unseal(PHONE_COLUMN, row["contact"], row["phone_sealed"])
        text = site.keyring.unseal(COLUMN, row["ref"], row["body_sealed"])
        lines.append((phone, await _shortened(site, text, now) if kind == INVITATION else text))
    return lines, Fact("messages_exported", wave_code, {"kind": kind, "rows": len(lines)})


async def _shortened(site: Site, text: str, now: dt.datetime) -> str:
    """A link in a file passes through more hands than one in the queue, and so lives less; the text says how long."""
    found = LINK.search(text)
    if found is None:
        return text
    days = site.settings.sheet_link_days
    await links.shorten(found.group(1), now + dt.timedelta(days=days))
    return message_texts.invitation(message_texts.words(site.settings), found.group(), days)


__all__ = ["INVITATION", "NOTICE", "claim", "deliver", "is_live", "mark_live", "queue", "receipt", "sheet"]
