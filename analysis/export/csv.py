"""All figures as one CSV file: UTF-8 with BOM, RFC 4180, no cell a spreadsheet could run. Pure."""

import csv
import io

from analysis.export.tables import Value, all_figures, guarded
from analysis.reporting.report_model import Report

MEDIA_TYPE = "text/csv; charset=utf-8"


def export(report: Report) -> bytes:
    """One row for every figure, header in Chinese."""
    table = all_figures(report)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.header)
    writer.writerows([_printed(value) for value in row] for row in table.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _printed(value: Value) -> str | int | float:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else value
