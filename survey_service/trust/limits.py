"""Limits counted in the database under keyed digests: processes share them and no list of people arises."""

import datetime as dt
from dataclasses import dataclass

from questionnaires import statements
from survey_service.trust.privacy import Keyring


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` events of a kind in `window`."""

    kind: str
    most: int
    window: dt.timedelta


LOGIN_PER_ACCOUNT_AND_ADDRESS = Limit("login-pair", 5, dt.timedelta(minutes=15))
LOGIN_PER_ADDRESS = Limit("login-address", 20, dt.timedelta(hours=1))
LOGIN_PER_ACCOUNT = Limit("login-account", 50, dt.timedelta(days=1))
LOGIN_PER_ACCOUNT_IN_OFFICE = Limit("login-account-office", 50, dt.timedelta(days=1))
"""Counted apart: whoever guesses from outside shuts nobody out in the office, and an insider's guesses end too."""
TOKEN_MISSES = Limit("token-miss", 30, dt.timedelta(minutes=1))
AGENT_CHECKS = Limit("agent-check", 20, dt.timedelta(minutes=1))
STRANGERS_REFUSED = Limit("stranger-refused", 60, dt.timedelta(minutes=10))
REVEALS = Limit("reveal", 60, dt.timedelta(hours=1))
RELEASES = Limit("release", 20, dt.timedelta(hours=1))
LINKS_BY_AGENT = Limit("agent-link", 30, dt.timedelta(hours=1))
SHEETS = Limit("sheet", 10, dt.timedelta(days=1))
INBOUND_SEARCHES = Limit("inbound-search", 120, dt.timedelta(hours=1))


async def used(keyring: Keyring, limit: Limit, key: str, now: dt.datetime) -> int:
    """Events of this key inside the window."""
    found = await statements.row(
        "SELECT count(*) AS n FROM survey_service_limit_event WHERE kind = $1 AND key_digest = $2 AND at > $3",
        limit.kind,
        keyring.mac("limit", key),
        now - limit.window,
    )
    return int(found["n"]) if found else 0


async def reached(keyring: Keyring, limit: Limit, key: str, now: dt.datetime) -> bool:
    """Whether one more event would be too many."""
    return await used(keyring, limit, key, now) >= limit.most


async def count(keyring: Keyring, limit: Limit, key: str, now: dt.datetime) -> None:
    """Count one event."""
    await statements.execute_many(
        "INSERT INTO survey_service_limit_event (kind, key_digest, at) VALUES ($1, $2, $3)",
        [(limit.kind, keyring.mac("limit", key), now)],
    )


async def forget(now: dt.datetime) -> int:
    """Drop events older than the longest window."""
    return await statements.execute(
        "DELETE FROM survey_service_limit_event WHERE at < $1", now - dt.timedelta(days=1, hours=1)
    )
