"""Number 8 of the bar: whoever can write to the database cannot change the trail unseen."""

import datetime as dt
import hmac
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.trust import audit
from survey_service.trust.audit import Actor
from survey_service.trust.privacy import Keyring
from tests import cast
from tests.faults.sizes import SIZES

TABLE = "survey_service_audit_entry"
ENTRIES = 60
TEXTS = ("actor", "role", "address", "action", "object", "outcome", "reason", "request", "details", "prev", "mac")
INSTANTS = ("at", "real_at")
PARKED = 1_000_000


class Undone(Exception):
    """Takes a tampering back: its transaction is rolled back."""


async def _trail(keyring: Keyring, anchor: Path) -> None:
    """A day's work: entries of several actors, each change anchored."""
    for number in range(ENTRIES):
        actor = Actor(f"acct{number % 3}", "agent", "127.0.0.1", f"request{number}")
        facts = [Fact("case_claimed", f"case{number}", {"attempt": number, "reason": "约好的" if number % 4 else ""})]
        at = cast.NOW + dt.timedelta(seconds=number)
        async with in_transaction("default"):
            last = await audit.append(keyring, actor, facts, at, at)
        assert last
        audit.write_anchor(anchor, last)


async def _edit(chance: random.Random) -> str:
    seq, column = chance.randint(1, ENTRIES), chance.choice([*TEXTS, *INSTANTS])
    if column in INSTANTS:
        row = await statements.row(f"SELECT {column} FROM {TABLE} WHERE seq = $1", seq)
        moment = statements.instant(row[column] if row else None)
        assert moment
        value: object = moment + dt.timedelta(microseconds=chance.choice([1, -1, 3_600_000_000]))
    else:
        row = await statements.row(f"SELECT {column} FROM {TABLE} WHERE seq = $1", seq)
        text = str(row[column]) if row else ""
        value = chance.choice([text + " ", text.swapcase() + "x", "", "0"])
        value = value if value != text else text + "."
    await statements.execute(f"UPDATE {TABLE} SET {column} = $1 WHERE seq = $2", value, seq)
    return f"edit {column} of {seq}"


async def _swap(chance: random.Random) -> str:
    one, other = chance.sample(range(1, ENTRIES + 1), 2)
    for source, target in ((one, PARKED), (other, one), (PARKED, other)):
        await statements.execute(f"UPDATE {TABLE} SET seq = $1 WHERE seq = $2", target, source)
    return f"swap {one} and {other}"


async def _delete(chance: random.Random) -> str:
    seq, many = chance.randint(1, ENTRIES - 5), chance.randint(1, 4)
    await statements.execute(f"DELETE FROM {TABLE} WHERE seq >= $1 AND seq < $2", seq, seq + many)
    return f"delete {many} from {seq}"


async def _delete_and_close_the_gap(chance: random.Random) -> str:
    seq = chance.randint(1, ENTRIES - 1)
    await statements.execute(f"DELETE FROM {TABLE} WHERE seq = $1", seq)
    for later in range(seq + 1, ENTRIES + 1):
        await statements.execute(f"UPDATE {TABLE} SET seq = $1 WHERE seq = $2", later - 1, later)
    return f"delete {seq} and renumber"


async def _insert(chance: random.Random) -> str:
    like, last = chance.randint(1, ENTRIES), await audit.head()
    columns = [name for name in audit.COLUMNS if name not in ("seq", "prev")]
    await statements.execute(
        f"INSERT INTO {TABLE} (seq, prev, {', '.join(columns)}) SELECT $1, $2, {', '.join(columns)} FROM {TABLE}"
        " WHERE seq = $3",
        ENTRIES + 1, last.mac, like,
    )  # fmt: skip
    return f"insert a copy of {like}"


async def _forge(chance: random.Random) -> str:
    """Edit, then compute every digest from there on again, with a key of the forger's own."""
    seq, key = chance.randint(1, ENTRIES), chance.randbytes(32)
    await statements.execute(f"UPDATE {TABLE} SET reason = 'nothing happened' WHERE seq = $1", seq)
    rows = await statements.rows(f"SELECT * FROM {TABLE} WHERE seq >= $1 ORDER BY seq", seq)
    prev = rows[0]["prev"]
    for row in rows:
        mac = hmac.new(key, repr({**row, "prev": prev}).encode(), "sha256").hexdigest()
        await statements.execute(f"UPDATE {TABLE} SET prev = $1, mac = $2 WHERE seq = $3", prev, mac, row["seq"])
        prev = mac
    return f"forge from {seq}"


async def _cut(chance: random.Random) -> str:
    left = chance.randint(0, ENTRIES - 1)
    await statements.execute(f"DELETE FROM {TABLE} WHERE seq > $1", left)
    return f"cut to {left}"


TAMPERINGS: tuple[Callable[[random.Random], Awaitable[str]], ...] = (
    _edit, _edit, _swap, _delete, _delete_and_close_the_gap, _insert, _forge, _cut,
)  # fmt: skip


async def _unprotect() -> None:
    """What keeps the application from rewriting the trail does not keep the owner of the database."""
    if statements.dialect() == "postgres":
        await statements.rows("SELECT set_config('session_replication_role', 'replica', true)")
        return
    for trigger in await statements.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        await statements.execute(f"DROP TRIGGER {trigger['name']}")


async def _seen(
    keyring: Keyring, anchor: Path | None, tamper: Callable[[random.Random], Awaitable[str]], chance: random.Random
) -> tuple[str, bool]:
    """What was done, and whether `audit verify` noticed; afterwards the trail is as before."""
    done, noticed = "", False
    with pytest.raises(Undone):
        async with in_transaction("default"):
            await _unprotect()
            done = await tamper(chance)
            noticed = bool((await audit.verify(keyring, anchor)).problems)
            raise Undone
    return done, noticed


async def test_every_tampering_is_noticed(db: object, keyring: Keyring, tmp_path: Path) -> None:
    anchor, chance = tmp_path / "audit.anchor", random.Random(8)
    await _trail(keyring, anchor)
    assert (await audit.verify(keyring, anchor)) == audit.Verification(ENTRIES, ENTRIES, ())
    unseen = []
    for number in range(SIZES.tamperings):
        done, noticed = await _seen(keyring, anchor, TAMPERINGS[number % len(TAMPERINGS)], chance)
        unseen += [] if noticed else [done]
    print(f"\n{statements.dialect()}: {SIZES.tamperings - len(unseen)} of {SIZES.tamperings} noticed")
    assert not unseen, unseen[:5]
    assert not (await audit.verify(keyring, anchor)).problems, "the trail was not put back"


async def test_yesterdays_database_is_noticed_by_the_anchor_even_after_new_work(
    db: object, keyring: Keyring, tmp_path: Path
) -> None:
    anchor, chance = tmp_path / "audit.anchor", random.Random(9)
    await _trail(keyring, anchor)

    async def roll_back_and_go_on(_: random.Random) -> str:
        await statements.execute(f"DELETE FROM {TABLE} WHERE seq > 20")
        actor = Actor("acct9", "agent")
        for number in range(ENTRIES - 20):
            last = await audit.append(keyring, actor, [Fact("case_claimed", f"other{number}")], cast.NOW, cast.NOW)
            assert last
            audit.write_anchor(anchor, last)
        return "rolled back"

    assert await _seen(keyring, anchor, roll_back_and_go_on, chance) == ("rolled back", True)


async def test_without_the_anchor_a_cut_tail_goes_unnoticed(db: object, keyring: Keyring, tmp_path: Path) -> None:
    """Why there is an anchor, and why the auditor keeps a copy of it elsewhere."""
    anchor, chance = tmp_path / "audit.anchor", random.Random(10)
    await _trail(keyring, anchor)
    assert (await _seen(keyring, None, _cut, chance))[1] is False
    assert (await _seen(keyring, anchor, _cut, chance))[1] is True


async def test_an_anchor_that_was_rewritten_is_noticed(db: object, keyring: Keyring, tmp_path: Path) -> None:
    anchor = tmp_path / "audit.anchor"
    await _trail(keyring, anchor)
    lines = anchor.read_text().splitlines()
    anchor.write_text("\n".join([*lines[:10], f"11 {'0' * 64}", *lines[11:]]) + "\n")
    assert (await audit.verify(keyring, anchor)).problems
