"""The report as JSON: every figure with its counts, interval, verdict and definition. Pure."""

import msgspec

from analysis.reporting.report_model import Report

MEDIA_TYPE = "application/json"


def export(report: Report) -> bytes:
    """UTF-8 JSON, indented, fields in the order of the report."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1)


def read(data: bytes) -> Report:
    """The report a file holds; raises msgspec.ValidationError where it is not one."""
    return msgspec.json.decode(data, type=Report)
