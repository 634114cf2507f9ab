"""The key-encryption key in its file, and the data keys it wraps in the database."""

import base64
import datetime as dt
import os
import secrets
from pathlib import Path

from survey_service.errors import KeyFileRefused
from survey_service.models import Key
from survey_service.trust.privacy import SUITES, DataKey, Keyring, unwrap, wrap

PURPOSES = ("field", "bidx", "audit", "csrf", "limit")
KEK_BYTES = 32


def make_key_file(path: Path) -> None:
    """A fresh key-encryption key, readable by its owner alone; an existing file is left as it is."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEK_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> bytes:
    """The key-encryption key; KeyFileRefused when missing, readable by others, or not a key."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileRefused(f"密钥文件 {path.name} 的权限过宽，请执行 chmod 400 后再启动")
        kek = base64.b64decode(path.read_bytes(), validate=False)
    except OSError as problem:
        raise KeyFileRefused(f"找不到密钥文件 {path.name}；新装请先执行 survey-service migrate") from problem
    if len(kek) != KEK_BYTES:
        raise KeyFileRefused(f"密钥文件 {path.name} 的内容不是本系统的密钥")
    return kek


async def load_keyring(kek: bytes) -> Keyring:
    """Every data key of the database, unwrapped, oldest first."""
    stored = await Key.all().order_by("created_at", "kid")
    return Keyring(
        [
            DataKey(key.kid, key.purpose, SUITES[key.suite], unwrap(SUITES[key.suite], kek, key.kid, key.wrapped))
            for key in stored
        ]
    )


async def make_missing_keys(kek: bytes, suite_name: str, now: dt.datetime) -> int:
    """Data keys for the purposes that have none yet; how many were made."""
    suite = SUITES[suite_name]
    present = {key.purpose for key in await Key.all()}
    for purpose in [purpose for purpose in PURPOSES if purpose not in present]:
        kid = secrets.token_hex(4)
        secret = secrets.token_bytes(suite.key_bytes)
        await Key.create(
            kid=kid,
            purpose=purpose,
            suite=suite_name,
            wrapped=wrap(suite, kek, kid, secret),
            state="active",
            created_at=now,
        )
    return len(PURPOSES) - len(present)
