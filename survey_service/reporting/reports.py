"""Reports of waves as they stand now: read from the database, built beside the event loop, exported as files."""

import asyncio
import datetime as dt
import hashlib
from dataclasses import dataclass

from analysis.export import FORMATS
from analysis.reporting import report as analysis_report
from analysis.reporting import report_share
from analysis.reporting.report_input import ReportInput
from analysis.reporting.report_model import Report
from analysis.reporting.report_share import Share
from questionnaires.facts import Fact
from survey_service import extract
from survey_service.errors import BadInput
from survey_service.settings import Settings

LABELS = {"docx": "Word", "xlsx": "Excel", "csv": "CSV", "html": "网页", "json": "JSON"}
LATER = {"pdf": "PDF", "sav": "SPSS"}


@dataclass(frozen=True, slots=True)
class Document:
    """A report as a file."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The digest by which the file is known in the trail."""
        return hashlib.sha256(self.content).hexdigest()


async def built(
    code: str, settings: Settings, now: dt.datetime, mine: Share | None = None, *, folded_only: bool = False
) -> tuple[ReportInput, Report]:
    """The counts of a wave and the report made of them, cut to what is `mine`. Raises NotFound."""
    given = await extract.report_input(code, settings, now, folded_only=folded_only)
    report = await asyncio.to_thread(analysis_report.build, given)
    return given, report if mine is None else report_share.share(report, mine)


async def document(
    code: str, kind: str, settings: Settings, now: dt.datetime, mine: Share | None = None, *, folded_only: bool = False
) -> Document:
    """The report of a wave as a file. Raises NotFound, and BadInput for a kind of file that is not made."""
    refuse_kind(kind)
    _, report = await built(code, settings, now, mine, folded_only=folded_only)
    export, media_type = FORMATS[kind]
    content = await asyncio.to_thread(export, report)
    state = "报告" if report.wave.closed else f"截至{now.astimezone(settings.zone):%Y%m%d%H%M}"
    demo = "演示_" if report.wave.demonstration_text else ""
    return Document(f"{demo}{report.wave.code}_{state}.{kind}", media_type, content)


def refuse_kind(kind: str) -> None:
    """BadInput, with the sentence to show, for anything but the kinds of file that are made."""
    if kind in LATER:
        raise BadInput(f"{LATER[kind]}格式的报告以后提供；现在可用 {'、'.join(FORMATS)}。", "format")
    if kind not in FORMATS:
        raise BadInput(f"没有这种格式的报告；可用 {'、'.join(FORMATS)}。", "format")


def exported(code: str, kind: str, made: Document) -> Fact:
    """What the trail keeps of a file that left the house."""
    return Fact("report_exported", code, {"format": kind, "sha256": made.sha256, "bytes": len(made.content)})
