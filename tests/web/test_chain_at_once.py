"""The trail stays one chain when many changes end at the same moment."""

import asyncio

from questionnaires.facts import Fact
from survey_service.trust import audit
from survey_service.trust.audit import COMMAND
from tests import serving

AT_ONCE = 40


async def test_changes_that_end_together_are_chained_one_behind_the_other(office: serving.Office) -> None:
    before = (await audit.head()).seq

    async def change(number: int) -> None:
        async with office.site.ledger.change(COMMAND) as changing:
            changing.record(Fact("import_discarded", f"ref{number}", {"kind": "roster"}))

    await asyncio.gather(*[change(number) for number in range(AT_ONCE)])
    assert (await audit.head()).seq == before + AT_ONCE
    assert not (await audit.verify(office.site.keyring, office.site.settings.audit_anchor)).problems
