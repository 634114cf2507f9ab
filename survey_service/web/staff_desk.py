"""What every handler of signed-in staff starts from: who looks, what that person may see, and the moment of fieldwork."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from litestar import Request

from callbacks.scope import Scope
from survey_service import field
from survey_service.errors import BadInput, NotSignedIn
from survey_service.field import Hours
from survey_service.site import Site
from survey_service.trust.viewer import Viewer
from survey_service.web.guards import site_of, viewer_of

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Staff:
    """The installation, who looks, what that person may see, and the moment of fieldwork; an agent's desk adds to it."""

    site: Site
    viewer: Viewer
    scope: Scope
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The local date of fieldwork."""
        return self.now.astimezone(self.site.settings.zone).date()

    @property
    def midnight(self) -> dt.datetime:
        """The beginning of the local day."""
        return dt.datetime.combine(self.today, dt.time(), self.site.settings.zone).astimezone(dt.UTC)

    async def hours(self) -> Hours:
        """The calendar and the hours in force."""
        return await field.hours(self.site.settings)


async def staff_of(request: Request[Any, Any, Any]) -> Staff:
    """The desk of whoever is signed in."""
    site, viewer = site_of(request), viewer_of(request)
    if viewer is None:
        raise NotSignedIn
    return Staff(site, viewer, await field.scope_of(viewer), site.clock.now())


def reason_in(data: dict[str, str], sentence: str = "请写一句理由。") -> str:
    """The reason typed into a form. Raises BadInput when there is none."""
    reason = " ".join(data.get("reason", "").split())[:LONGEST_REASON]
    if len(reason) < 2:
        raise BadInput(sentence, "reason")
    return reason
