"""Writes a checked roster in chunks inside the caller's transaction: people, numbers and entitlements, all sealed."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from callbacks.frame.batches import Undo, typed
from callbacks.frame.lists.roster import ListedPerson, RosterContent
from callbacks.frame.lists.roster_rows import ListedPhone
from callbacks.frame.lists.words import UNCHECKED
from callbacks.planning import follow_ups
from callbacks.references import new_reference
from questionnaires.sealing import Sealer
from questionnaires.statements import day, execute, execute_many, rows

CHUNK = 500
Progress = Callable[[int, int], None]
T = TypeVar("T")
KEY_PARTS = "\x1f"

_PERSON = (
    "INSERT INTO vault_person (ref, person_key, name_sealed, guardian_sealed, address_sealed, birth_year, sex, language,"
    " batch_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
)
_RENEW = (
    "UPDATE vault_person SET guardian_sealed = COALESCE($2, guardian_sealed), address_sealed = COALESCE($3,"
    " address_sealed), birth_year = COALESCE($4, birth_year), language = COALESCE($5, language) WHERE ref = $1"
)
_CONTACT = (
    "INSERT INTO vault_contact (ref, person_ref, position, phone_sealed, phone_digest, kind, relation, status)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
)
_ENTITLEMENT = (
    "INSERT INTO callbacks_entitlement (ref, project_id, person_ref, zone_id, event_date, callback_from,"
    " callback_until, frame_date, channel, amount_band, payments, batch_id)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
)
_ENTITLEMENT_CHANGE = (
    "UPDATE callbacks_entitlement SET zone_id = $2, event_date = $3, callback_from = $4, callback_until = $5,"
    " frame_date = $6, channel = $7, amount_band = $8, payments = $9 WHERE id = $1"
)
_OLD_VALUES = (
    "zone_id",
    "event_date",
    "callback_from",
    "callback_until",
    "frame_date",
    "channel",
    "amount_band",
    "payments",
)
_COUNT_SHARES = (
    "UPDATE vault_contact SET share_count = (SELECT COUNT(DISTINCT other.person_ref) FROM vault_contact other"
    " WHERE other.phone_digest = vault_contact.phone_digest) WHERE phone_digest IN ({marks})"
)


@dataclass(slots=True)
class _Chunk:
    """Statements of some people, collected before they are sent together."""

    people: list[tuple[Any, ...]] = field(default_factory=list)
    renewed: list[tuple[Any, ...]] = field(default_factory=list)
    contacts: list[tuple[Any, ...]] = field(default_factory=list)
    moved: list[tuple[Any, ...]] = field(default_factory=list)
    entitlements: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[Any, ...]] = field(default_factory=list)

    async def send(self) -> None:
        """People before their numbers and entitlements."""
        await execute_many(_PERSON, self.people)
        await execute_many(_RENEW, self.renewed)
        await execute_many(_CONTACT, self.contacts)
        await execute_many("UPDATE vault_contact SET position = $2 WHERE id = $1", self.moved)
        await execute_many(_ENTITLEMENT, self.entitlements)
        await execute_many(_ENTITLEMENT_CHANGE, self.changed)


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Consecutive slices of at most `size`."""
    return (items[first : first + size] for first in range(0, len(items), size))


def marks(values: Sequence[object], first: int = 1) -> str:
    """Placeholders for the values of an IN list."""
    return ", ".join(f"${place}" for place in range(first, first + len(values)))


async def apply_roster(
    content: RosterContent, batch_id: int, undo: Undo, sealer: Sealer, progress: Progress | None
) -> None:
    """Bring the people of the content in; a person found by key is renewed, never doubled."""
    done, digests = 0, set[str]()
    for part in chunks(content.people, CHUNK):
        writer = _Writer(content.frame_date, batch_id, undo, sealer)
        await writer.write(part)
        digests |= writer.digests
        done += len(part)
        if progress:
            progress(done, len(content.people))
    await count_shares(digests)
    for project_id in {person.project.id for person in content.people}:
        await follow_ups.expect(project_id)


async def count_shares(digests: Iterable[str]) -> None:
    """How many people have each of these numbers; three or more make it 代留."""
    for part in chunks(sorted(digests), CHUNK):
        await execute(_COUNT_SHARES.format(marks=marks(part)), *part)


class _Writer:
    """Writes one chunk of people."""

    def __init__(self, frame_date: dt.date, batch_id: int, undo: Undo, sealer: Sealer) -> None:
        self.frame_date = frame_date
        self.batch_id = batch_id
        self.undo = undo
        self.sealer = sealer
        self.digests: set[str] = set()
        self.chunk = _Chunk()

    async def write(self, people: Sequence[ListedPerson]) -> None:
        keys = [self.sealer.blind_index("person", KEY_PARTS.join(person.key)) for person in people]
        refs = await self._known(keys)
        old_refs = sorted(set(refs.values()))
        numbers = await self._numbers(old_refs)
        entitled = await self._entitled(old_refs)
        for key, person in zip(keys, people, strict=True):
            known = refs.get(key)
            ref = known or new_reference()
            if known:
                self._renew(ref, person)
            else:
                refs[key] = ref
                self.chunk.people.append(self._person(ref, key, person))
            self._contacts(ref, person.phones, numbers.setdefault(ref, {}), was_known=ref in old_refs)
            self._entitle(ref, person, entitled)
        await self.chunk.send()

    async def _known(self, keys: Sequence[str]) -> dict[str, str]:
        found = await rows(f"SELECT ref, person_key FROM vault_person WHERE person_key IN ({marks(keys)})", *keys)
        return {one["person_key"]: one["ref"] for one in found}

    async def _numbers(self, refs: Sequence[str]) -> dict[str, dict[str, tuple[int, int]]]:
        found: dict[str, dict[str, tuple[int, int]]] = {}
        if not refs:
            return found
        sql = "SELECT id, person_ref, phone_digest, position FROM vault_contact WHERE person_ref IN"
        for one in await rows(f"{sql} ({marks(refs)})", *refs):
            found.setdefault(one["person_ref"], {})[one["phone_digest"]] = (one["id"], one["position"])
        return found

    async def _entitled(self, refs: Sequence[str]) -> dict[tuple[int, str], dict[str, Any]]:
        if not refs:
            return {}
        sql = f"SELECT id, project_id, person_ref, {', '.join(_OLD_VALUES)} FROM callbacks_entitlement"
        found = await rows(f"{sql} WHERE person_ref IN ({marks(refs)})", *refs)
        return {(one["project_id"], one["person_ref"]): one for one in found}

    def _sealed(self, column: str, ref: str, text: str) -> str | None:
        return self.sealer.seal(column, ref, text) if text else None

    def _person(self, ref: str, key: str, person: ListedPerson) -> tuple[Any, ...]:
        return (
            ref,
            key,
            self.sealer.seal("vault_person.name", ref, person.name),
            self._sealed("vault_person.guardian", ref, person.guardian),
            self._sealed("vault_person.address", ref, person.address),
            person.birth_year,
            person.sex,
            person.language,
            self.batch_id,
        )

    def _renew(self, ref: str, person: ListedPerson) -> None:
        """What a later file adds is taken over; what it leaves out stays. An undo keeps these additions."""
        guardian = self._sealed("vault_person.guardian", ref, person.guardian)
        address = self._sealed("vault_person.address", ref, person.address)
        if guardian or address or person.birth_year or person.language:
            self.chunk.renewed.append((ref, guardian, address, person.birth_year, person.language or None))

    def _contacts(
        self, ref: str, phones: Sequence[ListedPhone], known: dict[str, tuple[int, int]], was_known: bool
    ) -> None:
        """The file's numbers first, in its order; numbers it no longer names stay behind them."""
        listed = {self.sealer.blind_index("phone", phone.digits): phone for phone in phones}
        self.digests |= listed.keys()
        kept = [digest for digest in sorted(known, key=lambda one: known[one][1]) if digest not in listed]
        for position, digest in enumerate([*listed, *kept], start=1):
            if digest not in known:
                self._add_contact(ref, position, digest, listed[digest], was_known)
                known[digest] = (0, position)
            elif known[digest][0] and known[digest][1] != position:
                self.undo.changed.append(("vault_contact", known[digest][0], {"position": known[digest][1]}))
                self.chunk.moved.append((known[digest][0], position))
                known[digest] = (known[digest][0], position)

    def _add_contact(self, ref: str, position: int, digest: str, phone: ListedPhone, was_known: bool) -> None:
        own = new_reference()
        sealed = self.sealer.seal("vault_contact.phone", own, phone.digits)
        relation = phone.relation.value
        self.chunk.contacts.append((own, ref, position, sealed, digest, phone.kind, relation, UNCHECKED))
        if was_known:
            self.undo.contacts.append(own)

    def _entitle(self, ref: str, person: ListedPerson, entitled: dict[tuple[int, str], dict[str, Any]]) -> None:
        project = person.project
        event = person.event_date
        values = (
            person.zone.id if person.zone else None,
            event,
            event + dt.timedelta(days=project.window_from_days) if event else None,
            event + dt.timedelta(days=project.window_to_days) if event else None,
            self.frame_date,
            person.channel,
            person.amount_band,
            person.payments,
        )
        old = entitled.get((project.id, ref))
        if old is None:
            self.chunk.entitlements.append((new_reference(), project.id, ref, *values, self.batch_id))
        elif values != tuple(typed(name, old[name]) for name in _OLD_VALUES) and not self._older(event, old):
            self.undo.changed.append(("callbacks_entitlement", old["id"], {name: old[name] for name in _OLD_VALUES}))
            self.chunk.changed.append((old["id"], *values))

    @staticmethod
    def _older(event: dt.date | None, old: dict[str, Any]) -> bool:
        """A file that comes late tells of an earlier payment: what is known of the later one stays."""
        known = day(old["event_date"])
        return event is not None and known is not None and event < known
