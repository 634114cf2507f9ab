"""One-time questionnaire links: the token is given out once, the database keeps only its digest."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

from callbacks.errors import LinksNotAllowed, LinkSpent, UnknownCase
from callbacks.rules.states import OPEN, CaseState, listed
from questionnaires.facts import Fact
from questionnaires.statements import execute, execute_many, instant, row, rows

TOKEN_BYTES = 16
ADD = "INSERT INTO callbacks_link (token_hash, case_id, created_at, expires_at) VALUES ($1, $2, $3, $4)"


class LinkCondition(StrEnum):
    """What a token is worth."""

    OK = "ok"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LinkState:
    """A token as found; everything but the condition is None for an unknown one."""

    condition: LinkCondition
    link_id: int | None = None
    case_id: int | None = None
    case_ref: str | None = None
    wave_id: int | None = None
    device_hash: str | None = None
    notice_sha256: str | None = None
    expires_at: dt.datetime | None = None


def new_token() -> str:
    """128 random bits as 22 characters that survive a URL and a short message."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """SHA-256 (hex) of a token or of a device cookie; a slow hash adds nothing to 128 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


async def issue(case_ref: str, now: dt.datetime, expires_at: dt.datetime) -> tuple[str, Fact]:
    """A new token for the case; earlier unused ones are revoked, so that one link per case is alive."""
    found = await row(
        "SELECT c.id, c.state, w.state AS wave_state, w.allow_links FROM callbacks_case c"
        " JOIN callbacks_wave w ON w.id = c.wave_id WHERE c.ref = $1",
        case_ref,
    )
    if found is None:
        raise UnknownCase(case_ref)
    if CaseState(found["state"]) not in OPEN or found["wave_state"] != "open" or not found["allow_links"]:
        raise LinksNotAllowed(case_ref)
    await execute(
        "UPDATE callbacks_link SET revoked_at = $1 WHERE case_id = $2 AND used_at IS NULL AND revoked_at IS NULL",
        now,
        found["id"],
    )
    token = new_token()
    await execute(ADD, digest(token), found["id"], now, expires_at)
    return token, Fact("link_issued", case_ref, {"expires_on": expires_at.date().isoformat()})


async def issue_many(wave_code: str, now: dt.datetime, expires_at: dt.datetime) -> tuple[dict[int, str], Fact]:
    """Tokens by case id for the cases of a wave that can still be answered and have no live link."""
    found = await rows(
        "SELECT c.id FROM callbacks_case c JOIN callbacks_wave w ON w.id = c.wave_id"
        " WHERE w.code = $1 AND w.state = 'open' AND w.allow_links"
        f" AND c.state IN ({listed(OPEN)})"
        " AND NOT EXISTS (SELECT 1 FROM callbacks_link l WHERE l.case_id = c.id AND l.revoked_at IS NULL"
        " AND (l.used_at IS NOT NULL OR l.expires_at > $2)) ORDER BY c.id",
        wave_code,
        now,
    )
    tokens = {case["id"]: new_token() for case in found}
    await execute_many(ADD, [(digest(token), case, now, expires_at) for case, token in tokens.items()])
    return tokens, Fact("links_issued", wave_code, {"count": len(tokens)})


async def find(token: str, now: dt.datetime) -> LinkState:
    """What the token is worth; reading changes nothing, so previews of messengers do no harm."""
    found = await row(
        "SELECT l.*, c.ref AS case_ref, c.wave_id FROM callbacks_link l"
        " JOIN callbacks_case c ON c.id = l.case_id WHERE l.token_hash = $1",
        digest(token),
    )
    if found is None:
        return LinkState(LinkCondition.UNKNOWN)
    expires_at = instant(found["expires_at"])
    return LinkState(
        condition=_condition(found["used_at"] is not None, found["revoked_at"] is not None, expires_at, now),
        link_id=found["id"],
        case_id=found["case_id"],
        case_ref=found["case_ref"],
        wave_id=found["wave_id"],
        device_hash=found["device_hash"],
        notice_sha256=found["notice_sha256"],
        expires_at=expires_at,
    )


def _condition(used: bool, revoked: bool, expires_at: dt.datetime | None, now: dt.datetime) -> LinkCondition:
    if used:
        return LinkCondition.USED
    if revoked:
        return LinkCondition.REVOKED
    return LinkCondition.EXPIRED if expires_at is None or expires_at <= now else LinkCondition.OK


async def start(link: LinkState, device: str, notice_sha256: str) -> Fact:
    """The respondent agreed to the notice on this device: the first device is remembered by its cookie's digest."""
    await execute(
        "UPDATE callbacks_link SET notice_sha256 = $1, device_hash = COALESCE(device_hash, $2)"
        " WHERE id = $3 AND used_at IS NULL AND revoked_at IS NULL",
        notice_sha256,
        digest(device),
        link.link_id,
    )
    return Fact("link_started", str(link.case_ref), {"notice": notice_sha256})


def same_device(link: LinkState, device: str | None) -> bool:
    """Earlier answers are shown only to the cookie that gave them."""
    return (
        device is not None and link.device_hash is not None and secrets.compare_digest(link.device_hash, digest(device))
    )


async def use(link: LinkState, now: dt.datetime) -> Fact:
    """Spends the link, once: of two submissions at the same moment one gets LinkSpent."""
    spent = await execute(
        "UPDATE callbacks_link SET used_at = $1"
        " WHERE id = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $1",
        now,
        link.link_id,
    )
    if spent == 1:
        return Fact("link_used", str(link.case_ref))
    found = await row("SELECT used_at, revoked_at, expires_at FROM callbacks_link WHERE id = $1", link.link_id)
    if found is None:
        raise LinkSpent(LinkCondition.UNKNOWN)
    raise LinkSpent(
        _condition(found["used_at"] is not None, found["revoked_at"] is not None, instant(found["expires_at"]), now)
    )


async def shorten(token: str, until: dt.datetime) -> None:
    """Lets a link that goes through more hands end earlier; one that ends before stays as it is."""
    await execute(
        "UPDATE callbacks_link SET expires_at = $1 WHERE token_hash = $2 AND expires_at > $1 AND used_at IS NULL",
        until,
        digest(token),
    )


async def revoke(case_id: int, now: dt.datetime) -> int:
    """Ends the unused links of a case; how many there were."""
    return await execute(
        "UPDATE callbacks_link SET revoked_at = $1 WHERE case_id = $2 AND used_at IS NULL AND revoked_at IS NULL",
        now,
        case_id,
    )


async def revoke_wave(wave_id: int, now: dt.datetime) -> int:
    """Ends the unused links of a whole wave when it closes."""
    return await execute(
        "UPDATE callbacks_link SET revoked_at = $1 WHERE used_at IS NULL AND revoked_at IS NULL"
        " AND case_id IN (SELECT id FROM callbacks_case WHERE wave_id = $2)",
        now,
        wave_id,
    )
