"""Published questionnaires: immutable, found by content, loaded once per content."""

import datetime as dt

from questionnaires.definition import Definition, digest, from_json, to_json
from questionnaires.errors import UnknownVersion
from questionnaires.facts import Fact
from questionnaires.models import Version
from questionnaires.statements import row, rows

INSERT = """
INSERT INTO questionnaires_version (key, version, mode, title, sha256, definition, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key, sha256) DO NOTHING RETURNING id
"""


# By content, not by number: numbers start again in every database. A district publishes a few versions a year.
_LOADED: dict[str, Definition] = {}


async def publish(definition: Definition, now: dt.datetime) -> tuple[Version, Fact]:
    """The version with this content; content already published keeps its row and gives an unchained fact."""
    sha256 = digest(definition)
    added = await rows(
        INSERT,
        definition.key,
        definition.version,
        definition.mode,
        definition.title,
        sha256,
        to_json(definition),
        now,
    )
    version = await Version.get(key=definition.key, sha256=sha256)
    data = {"key": version.key, "version": version.version, "sha256": sha256}
    name = "questionnaire_published" if added else "questionnaire_unchanged"
    return version, Fact(name, str(version.id), data, chained=bool(added))


async def current(key: str) -> Version:
    """The version of this line (phone, mobile, household) published last. Raises UnknownVersion."""
    version = await Version.filter(key=key).order_by("-published_at", "-id").first()
    if version is None:
        raise UnknownVersion(key)
    return version


async def by_id(version_id: int) -> Version:
    """The published version with this number. Raises UnknownVersion."""
    version = await Version.get_or_none(id=version_id)
    if version is None:
        raise UnknownVersion(version_id)
    return version


async def load(version_id: int) -> Definition:
    """The definition of a published version, decoded once per content. Raises UnknownVersion."""
    found = await row("SELECT sha256 FROM questionnaires_version WHERE id = $1", version_id)
    if found is None:
        raise UnknownVersion(version_id)
    return await of_content(version_id, str(found["sha256"]))


async def of_content(version_id: int, sha256: str) -> Definition:
    """The definition of a version whose content digest is known already: nothing is asked of the database twice."""
    definition = _LOADED.get(sha256)
    if definition is None:
        stored = await Version.get(id=version_id)
        definition = _LOADED[sha256] = from_json(stored.definition)
    return definition
