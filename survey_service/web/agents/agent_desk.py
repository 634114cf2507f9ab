"""What every handler of an agent starts from, and the proof that a case was in his hands when a page was made."""

import hmac
from dataclasses import dataclass
from typing import Any

from litestar import Request

from survey_service.clock import real_now
from survey_service.errors import TooManyTries
from survey_service.field import Hours
from survey_service.trust import limits
from survey_service.web.staff_desk import Staff, staff_of


@dataclass(frozen=True, slots=True)
class Desk(Staff):
    """The desk of an agent, with the calling hours of this moment and proofs of the cases in his hands."""

    calling: Hours

    def claim_token(self, case_ref: str, attempt_ref: str) -> str:
        """Goes out with every page of a claim; whoever brings it back held the case under this attempt."""
        return self.site.keyring.mac("csrf", f"claim|{case_ref}|{attempt_ref}|{self.viewer.account_id}")[:32]

    def held_before(self, case_ref: str, attempt_ref: str, token: str) -> bool:
        """Whether this agent once held the case under this attempt."""
        return hmac.compare_digest(self.claim_token(case_ref, attempt_ref).encode(), token.encode())

    def inbound_token(self, case_ref: str, attempt_ref: str) -> str:
        """Goes out when a case is opened because the person rang us, and holds for this one claim."""
        return self.site.keyring.mac("csrf", f"rang|{case_ref}|{attempt_ref}|{self.viewer.account_id}")[:32]

    def rang_us(self, case_ref: str, attempt_ref: str, token: str) -> bool:
        """Whether this claim began with the person's own call: such a dial costs neither an attempt nor a cap."""
        return hmac.compare_digest(self.inbound_token(case_ref, attempt_ref).encode(), token.encode())

    async def count_release(self) -> None:
        """Each case taken and handed back showed a name and a number. Raises TooManyTries, inside the caller's change."""
        keyring, key, now = self.site.keyring, str(self.viewer.account_id), real_now()
        if await limits.reached(keyring, limits.RELEASES, key, now):
            raise TooManyTries(3_600)
        await limits.count(keyring, limits.RELEASES, key, now)


async def desk_of(request: Request[Any, Any, Any]) -> Desk:
    """The desk of the signed-in agent."""
    staff = await staff_of(request)
    return Desk(staff.site, staff.viewer, staff.scope, staff.now, await staff.hours())
