"""Which projects of a wave need no more calls, for the supervisor who may stop calling them."""

import datetime as dt

from analysis.reporting import report_evidence, report_material
from analysis.reporting.disclosure import Audience
from analysis.reporting.report_model import EvidenceRow
from callbacks.planning import settling
from callbacks.rules.stopping import Why
from questionnaires.facts import Fact
from survey_service import extract
from survey_service.errors import BadInput
from survey_service.reporting import report_page
from survey_service.site import Site


async def of_wave(site: Site, code: str) -> tuple[EvidenceRow, ...]:
    """The evidence of each project with a rate, as the report has it for whoever also sees single cases."""
    given = await extract.report_input(code, site.settings, site.clock.now(), folded_only=True)
    return report_page.typeset(report_evidence.evidence_rows(report_material.prepare(given, Audience.STAFF)))


async def settle(site: Site, code: str, project: str, why: str, now: dt.datetime) -> Fact:
    """Stops calling a project that is settled. Raises BadInput for one that is not, and as settling.settle."""
    await settling.sampled(code, project)
    if why not in set(Why):
        raise BadInput("请选停止拨打的原因。", "why")
    found = {row.project: row for row in await of_wave(site, code)}.get(project)
    if found is not None and not found.stop and not found.settled_text:
        raise BadInput(found.refusal or found.advice_text or "这个批次已经结束。", "project")
    if found is None:
        raise BadInput("这个项目还没有可以下结论的答卷，请继续拨打。", "project")
    _, fact = await settling.settle(code, project, Why(why), now)
    return fact
