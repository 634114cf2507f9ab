"""What the checks need to know of the installation: zones, departments, projects and the day. Pure."""

import datetime as dt
import difflib
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

from callbacks.frame.files.cleaning import squeeze
from callbacks.frame.lists.words import ZoneLevel

_ENDINGS = ("街道办事处", "街道办", "街道", "开发区", "社区居委会", "社区", "村委会", "镇", "乡", "村")


@dataclass(frozen=True, slots=True)
class KnownZone:
    """A zone that is loaded."""

    id: int
    code: str
    name: str
    level: str
    parent_id: int | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def valid_in(self, year: int) -> bool:
        """Whether the zone existed at some day of the year."""
        begun = self.valid_from is None or self.valid_from.year <= year
        return begun and (self.valid_to is None or self.valid_to.year >= year)


@dataclass(frozen=True, slots=True)
class KnownDepartment:
    """A department that is loaded."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project that is loaded, as far as its roster is concerned."""

    id: int
    code: str
    name: str
    programme_id: int = 0
    position: int = 0
    needs_guardian: bool = False
    frame_kind: str = "list"
    unit_kind: str = "person"
    window_from_days: int = 7
    window_to_days: int = 90
    lead_department_id: int | None = None


@dataclass(frozen=True)
class Context:
    """The installation as one check sees it; `project` is the roster's, unless its rows name one."""

    today: dt.date
    zones: Sequence[KnownZone] = ()
    departments: Sequence[KnownDepartment] = ()
    projects: Sequence[KnownProject] = ()
    project: KnownProject | None = None
    programme_id: int | None = None
    year: int | None = None
    calendar_days: frozenset[dt.date] = field(default=frozenset())

    @functools.cached_property
    def _zones_by_name(self) -> dict[str, list[KnownZone]]:
        found: dict[str, list[KnownZone]] = {}
        for zone in self.zones:
            for word in {squeeze(zone.name), zone.code}:
                found.setdefault(word, []).append(zone)
        return found

    @functools.cached_property
    def _zones_by_stem(self) -> dict[str, list[KnownZone]]:
        found: dict[str, list[KnownZone]] = {}
        for zone in self.zones:
            found.setdefault(stem(zone.name), []).append(zone)
        return found

    @functools.cached_property
    def projects_by_word(self) -> dict[str, KnownProject]:
        """Projects by code and by name."""
        by_name = {squeeze(project.name): project for project in self.projects}
        return by_name | {project.code: project for project in self.projects}

    @functools.cached_property
    def departments_by_name(self) -> dict[str, KnownDepartment]:
        """Departments by name."""
        return {squeeze(department.name): department for department in self.departments}

    @functools.cached_property
    def streets(self) -> tuple[KnownZone, ...]:
        """Zones of level street, in their order."""
        return tuple(zone for zone in self.zones if zone.level == ZoneLevel.STREET)

    def zones_named(self, name: str) -> tuple[Sequence[KnownZone], bool]:
        """Zones of this name or code, and whether the name had to be completed (城东 for 城东街道)."""
        exact = self._zones_by_name.get(squeeze(name))
        return (exact, False) if exact else (self._zones_by_stem.get(stem(name), ()), True)

    def like(self, name: str) -> str:
        """The nearest zone name for `did you mean`, or an empty text; the words for street and town do not count."""
        near = difflib.get_close_matches(stem(name), list(self._zones_by_stem), n=1, cutoff=0.4)
        return self._zones_by_stem[near[0]][0].name if near else ""


def stem(name: str) -> str:
    """A zone's name without the word for its kind."""
    plain = squeeze(name)
    return next((plain.removesuffix(end) for end in _ENDINGS if plain.endswith(end) and len(plain) > len(end)), plain)
