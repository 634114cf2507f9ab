"""Whether many answers came from one place: a digest of address and class of device per answer, and nothing more.

The digest is made under a secret of its wave, which is destroyed when the wave is over: afterwards it can still be
counted, but nobody can ask whether a given address is among them. Nothing is read from the device itself.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.models import OriginKey
from survey_service.trust.privacy import Keyring

COLUMN = "survey_service_origin_key.secret"
SECRET_BYTES = 32
FEW = 5
"""So many people who answer from one place are a family, or chance, and are not spoken of."""

CLASSES = (
    ("MicroMessenger", "wechat"),
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("Android", "android"),
    ("Mobile", "mobile"),
)
SHARED = """
SELECT count(DISTINCT m.case_id) AS n FROM survey_service_origin o
JOIN callbacks_module m ON m.submission_id = o.submission_id
JOIN questionnaires_submission s ON s.id = o.submission_id AND s.state = 'submitted'
WHERE o.wave_id = $1 GROUP BY o.digest HAVING count(DISTINCT m.case_id) >= $2 ORDER BY n DESC
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request came from, as long as it lasts."""

    address: str
    user_agent: str

    @property
    def text(self) -> str:
        """What the digest is of: the address (a household's /64 for IPv6) and the class of device."""
        return f"{_household(self.address)}|{device_class(self.user_agent)}"


def device_class(user_agent: str) -> str:
    """One of six words; no version, model or language, which would tell devices apart."""
    return next((word for mark, word in CLASSES if mark in user_agent), "desktop" if user_agent else "none")


def _household(address: str) -> str:
    try:
        where = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((where, 64), strict=False)) if isinstance(where, IPv6Address) else str(where)


async def keep(keyring: Keyring, wave_id: int, submission_ids: Sequence[int], source: Source) -> None:
    """Put the digest beside the submissions, inside the caller's change."""
    secret = await _secret(keyring, wave_id)
    digest = hmac.new(secret, source.text.encode(), hashlib.sha256).hexdigest()
    await statements.execute_many(
        "INSERT INTO survey_service_origin (submission_id, wave_id, digest) VALUES ($1, $2, $3)"
        " ON CONFLICT (submission_id) DO NOTHING",
        [(submission, wave_id, digest) for submission in submission_ids],
    )


async def _secret(keyring: Keyring, wave_id: int) -> bytes:
    found = await OriginKey.get_or_none(wave_id=wave_id)
    if found is None:
        sealed = keyring.seal(COLUMN, str(wave_id), secrets.token_hex(SECRET_BYTES))
        await statements.execute(
            "INSERT INTO survey_service_origin_key (wave_id, secret_sealed) VALUES ($1, $2)"
            " ON CONFLICT (wave_id) DO NOTHING",
            wave_id, sealed,
        )  # fmt: skip
        found = await OriginKey.get(wave_id=wave_id)
    return bytes.fromhex(keyring.unseal(COLUMN, str(wave_id), found.secret_sealed))


async def shared(wave_id: int, connection: str) -> tuple[int, ...]:
    """How many people each place has from which at least `FEW` of them answered, the largest first."""
    found = await statements.rows(SHARED, wave_id, FEW, connection=connection)
    return tuple(int(each["n"]) for each in found)


async def forget() -> list[Fact]:
    """Destroy the secrets of waves that are closed."""
    gone = await statements.rows(
        "DELETE FROM survey_service_origin_key WHERE wave_id IN (SELECT id FROM callbacks_wave WHERE state = 'closed')"
        " RETURNING wave_id"
    )
    return [Fact("origin_key_destroyed", str(each["wave_id"])) for each in gone]
