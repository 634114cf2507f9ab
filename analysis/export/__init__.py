"""The finished report as a file: each module has `export(report) -> bytes` and a media type. Pure."""

from analysis.export import csv, docx, html, json, xlsx

FORMATS = {
    "json": (json.export, json.MEDIA_TYPE),
    "csv": (csv.export, csv.MEDIA_TYPE),
    "xlsx": (xlsx.export, xlsx.MEDIA_TYPE),
    "docx": (docx.export, docx.MEDIA_TYPE),
    "html": (html.export, html.MEDIA_TYPE),
}
"""Format word of the `report` command -> (export function, media type)."""

__all__ = ["FORMATS"]
