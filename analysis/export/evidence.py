"""The evidence of each project as a paragraph and a table of the files. Pure."""

from analysis.export.tables import Table
from analysis.reporting.report_evidence import WATCHED
from analysis.reporting.report_model import EvidenceRow, Report

HEADING = "边看边定论"
_HEADER = ("项目", "已看的人", "证据(要求)", "满意率判定", "随时有效的区间", "其余的人最坏、最好", "说明")
_WIDTHS = (24, 12, 18, 14, 24, 22, 42)


def paragraphs(report: Report) -> tuple[str, ...]:
    """Why the figures may be watched, and which projects need no more calls."""
    if not report.evidence:
        return ()
    certain = "".join(f"{row.name}:{row.certain_text}" for row in report.evidence if row.certain_text)
    return (WATCHED, *((certain,) if certain else ()))


def table(report: Report) -> Table:
    """One line for each project that was or may be watched."""
    return Table(HEADING, _HEADER, tuple(_line(row) for row in report.evidence), _WIDTHS)


def _line(row: EvidenceRow) -> tuple[str | int | None, ...]:
    evidence = f"{row.evidence_text}({row.needed_text})" if row.evidence_text else ""
    known = row.certain_text or row.tipping_text
    remark = "".join((known, row.advice_text, row.awareness_text, row.settled_text, row.refusal))
    return (
        row.name, row.people or None, evidence, row.verdict_label, row.interval_text,
        f"{row.worst_text}、{row.best_text}", remark,
    )  # fmt: skip
