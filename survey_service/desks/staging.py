"""Checked files wait here, sealed, between the check and the confirmation; they go after an hour at the latest."""

import base64
import datetime as dt
import os
import re
from pathlib import Path
from typing import Literal

import msgspec

from survey_service.clock import real_now
from survey_service.errors import NotFound
from survey_service.site import Site
from survey_service.trust.accounts import new_ref

REF = re.compile(r"[2-9a-hjkmnp-z]{10}")
LIFE = dt.timedelta(hours=1)
SILENT = dt.timedelta(minutes=4)
"""A check or an import that has not said anything for so long has died with its process."""

Step = Literal["checking", "checked", "applying", "applied", "failed"]
Row = tuple[str, int, str, str, str]
"""Where (第3至9行), on how many rows, the column, the level and the sentence of a remark."""


class Upload(msgspec.Struct, frozen=True):
    """What is being imported, how far that is, and what the check said. Nothing personal is in it."""

    ref: str
    owner: int
    kind: str
    project: str
    programme: str
    file_name: str
    step: Step
    begun: dt.datetime
    said: dt.datetime
    done: int = 0
    total: int = 0
    acceptable: bool = False
    summary: str = ""
    rows: tuple[Row, ...] = ()
    more_rows: int = 0
    totals: tuple[tuple[str, str], ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()
    batch: str = ""

    @property
    def busy(self) -> bool:
        """Somebody is working on it."""
        return self.step in ("checking", "applying")


def folder(site: Site) -> Path:
    """The folder, readable by its owner only."""
    path = site.settings.data_dir / "staging"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def begin(site: Site, owner: int, kind: str, project: str, programme: str, file_name: str, content: bytes) -> Upload:
    """Put an uploaded file aside."""
    now = real_now()
    upload = Upload(new_ref(), owner, kind, project, programme, file_name[:120], "checking", now, now)
    _write(site, upload.ref, "file", content)
    save(site, upload)
    return upload


def load(site: Site, ref: str, owner: int) -> Upload:
    """The upload of this account. Raises NotFound; one whose process died is shown as failed."""
    if not REF.fullmatch(ref):
        raise NotFound
    upload = msgspec.json.decode(_read(site, ref, "state"), type=Upload)
    if upload.owner != owner:
        raise NotFound
    if upload.busy and real_now() - upload.said > SILENT:
        return msgspec.structs.replace(upload, step="failed", summary="处理中断了，没有写入任何内容。请重新上传。")
    return upload


def save(site: Site, upload: Upload) -> Upload:
    """Remember how far it is."""
    fresh = msgspec.structs.replace(upload, said=real_now())
    _write(site, upload.ref, "state", msgspec.json.encode(fresh))
    return fresh


def content(site: Site, ref: str) -> bytes:
    """The bytes of the file as they were uploaded."""
    return _read(site, ref, "file" if content_waits(site, ref) else "taken")


def content_waits(site: Site, ref: str) -> bool:
    """Whether the file is still here."""
    return _path(site, ref, "file").exists()


def take(site: Site, upload: Upload) -> Upload:
    """From here on it is being written; of two confirmations only the first gets through. Raises NotFound."""
    try:
        os.rename(_path(site, upload.ref, "file"), _path(site, upload.ref, "taken"))
    except FileNotFoundError as problem:
        raise NotFound from problem
    return save(site, msgspec.structs.replace(upload, step="applying", done=0))


def keep_report(site: Site, ref: str, csv: bytes) -> None:
    """Put the whole report beside the upload."""
    _write(site, ref, "report", csv)


def report(site: Site, ref: str) -> bytes:
    """The whole report as a csv file."""
    return _read(site, ref, "report")


def drop_file(site: Site, ref: str) -> None:
    """The file itself is not needed any more; its report stays for the hour."""
    for part in ("file", "taken"):
        _path(site, ref, part).unlink(missing_ok=True)


def drop(site: Site, ref: str) -> None:
    """Everything of an upload."""
    for part in ("file", "taken", "state", "report"):
        _path(site, ref, part).unlink(missing_ok=True)


def forget(site: Site) -> int:
    """Delete what has been lying here for an hour; how many files."""
    oldest, gone = (real_now() - LIFE).timestamp(), 0
    for path in folder(site).iterdir():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue  # renamed or deleted by a confirmation while we looked
    return gone


def _path(site: Site, ref: str, part: str) -> Path:
    return folder(site) / f"{ref}.{part}"


def _write(site: Site, ref: str, part: str, raw: bytes) -> None:
    sealed = site.keyring.seal(f"staging.{part}", ref, base64.b64encode(raw).decode())
    path = _path(site, ref, part)
    fresh = path.with_suffix(f".{part}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(sealed)
    fresh.replace(path)


def _read(site: Site, ref: str, part: str) -> bytes:
    try:
        sealed = _path(site, ref, part).read_text("ascii")
    except FileNotFoundError as problem:
        raise NotFound from problem
    column = "staging.file" if part == "taken" else f"staging.{part}"
    return base64.b64decode(site.keyring.unseal(column, ref, sealed))
