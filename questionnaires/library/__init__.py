"""The questionnaires that come with the product: phone, mobile and household, as XLSForm csv sheets."""

from pathlib import Path


def folder() -> Path:
    """Folder that `xlsform.read_folder` takes as it is."""
    return Path(__file__).resolve().parent
