"""The questionnaire link for one person who asked an agent for it, through the same outbox as every other message."""

import datetime as dt

from callbacks.calling import links
from callbacks.calling.case_row import CaseRow
from callbacks.rules import caps
from callbacks.rules.states import OPEN, CaseState
from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.errors import BadInput
from survey_service.messages import message_texts, outbox
from survey_service.messages.message_texts import INVITATION
from survey_service.site import Site
from survey_service.trust.accounts import new_ref

PERSON = """
SELECT w.state AS wave, w.allow_links, w.mobile_version_id, k.kind,
    (SELECT COUNT(*) FROM callbacks_do_not_contact d WHERE d.phone_digest = c.phone_digest
        AND (d.until IS NULL OR d.until > $2)) AS barred,
    (SELECT COUNT(*) FROM survey_service_outbox o WHERE o.case_id = c.id AND o.kind = 'invitation'
        AND o.state IN ('queued', 'sending')) AS waiting
FROM callbacks_case c JOIN callbacks_wave w ON w.id = c.wave_id LEFT JOIN vault_contact k ON k.ref = c.contact_ref
WHERE c.id = $1
"""
SENT = "SELECT sent_at, wave_id FROM survey_service_outbox WHERE phone_digest = $1 AND sent_at IS NOT NULL"
NOTED = "UPDATE callbacks_case SET next_reason = $1 WHERE id = $2 AND state = 'S07'"
NOT_CONFIGURED = "短信还没有开通，发不了链接；可以约个时间再打。"


async def obstacle(site: Site, case: CaseRow, now: dt.datetime) -> str:
    """Why no link can be sent to this person now, in a sentence for the agent; empty when one can."""
    person = await statements.row(PERSON, case.id, now)
    if person is None or case.state not in OPEN or person["wave"] != "open":
        return "这条个案已经结束，不用再发链接。"
    if person["barred"]:
        return "这个号码在勿扰名单里，不能发短信。"
    if not person["allow_links"] or person["mobile_version_id"] is None:
        return "这个批次没有手机问卷，发不了链接。"
    if person["kind"] != "mobile":
        return "登记的不是手机号，收不到短信。"
    if site.gateway is None or not await outbox.is_live():
        return NOT_CONFIGURED
    if person["waiting"]:
        return "链接已经在排队，可发时段内就会发出。"
    return "" if await _free_at(case, now) else "这个批次给这个号码的短信已经发满，不能再发。"


async def _free_at(case: CaseRow, now: dt.datetime) -> dt.datetime | None:
    earlier = await statements.rows(SENT, case.phone_digest)
    sent = [at for each in earlier if (at := statements.instant(each["sent_at"]))]
    return caps.text_free_at(sent, sum(1 for each in earlier if each["wave_id"] == case.wave_id), now)


async def send(site: Site, case: CaseRow, now: dt.datetime) -> Fact:
    """Queues the invitation with a fresh link inside the caller's change; older links of the case end. Raises BadInput."""
    if said := await obstacle(site, case, now):
        raise BadInput(said)
    token, _ = await links.issue(case.ref, now, now + dt.timedelta(days=outbox.LINK_DAYS))
    ref, address = new_ref(), f"{site.settings.public_url}/s/{token}"
    text = message_texts.invitation(message_texts.words(site.settings), address, outbox.LINK_DAYS)
    sealed, due = site.keyring.seal(outbox.COLUMN, ref, text), await _free_at(case, now) or now
    message = (ref, INVITATION, case.wave_id, case.id, case.contact_ref, case.phone_digest, sealed, due, now)
    await statements.execute_many(outbox.INSERT, [message])
    await statements.execute(NOTED, "已发手机问卷链接，等本人自己答", case.id)
    return Fact("invitation_queued", case.ref, {"queued_as": ref, "turned": case.state is CaseState.S07})
