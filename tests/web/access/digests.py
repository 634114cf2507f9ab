"""What is in every table, as digests: to see that a request changed nothing."""

import hashlib

from questionnaires.statements import dialect, rows

COUNTED = frozenset({"survey_service_limit_event", "survey_service_lease"})
"""Counters of attempts, and the ticker's."""
TRAIL = "survey_service_audit_entry"
SEEN = "survey_service_login_session"


async def tables() -> list[str]:
    """Every table of the installation."""
    if dialect() == "sqlite":
        found = await rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    else:
        found = await rows(
            "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'vault')"
        )
    return sorted(str(each["name"]) for each in found)


async def digests(*, trail: bool = True) -> dict[str, str]:
    """Digest by table; `trail` False leaves out the trail, which keeps refused attempts."""
    found = {}
    for table in await tables():
        bare = table.rpartition(".")[2]
        if bare not in COUNTED and (trail or bare != TRAIL):
            # when a session was last seen is no change that anybody made
            columns = "token_hash, account_id, created_at, expires_at" if bare == SEEN else "*"
            content = sorted(repr(row) for row in await rows(f"SELECT {columns} FROM {table}"))
            found[bare] = hashlib.sha256("\n".join(content).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Tables that differ."""
    return [table for table in after if before.get(table) != after[table]]
