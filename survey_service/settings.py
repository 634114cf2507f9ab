"""The settings of an installation, read once from the environment or a TOML file and checked at once."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "SURVEY_"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsRefused(ValueError):
    """A setting that cannot be used; the message is the sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. Secrets stay in files; only their paths are here."""

    database_url: str = "sqlite:///data/survey.db"
    data_dir: Path = Path("data")
    key_file: Path = Path("data/keys/kek")
    audit_anchor: Path = Path("data/audit.anchor")
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    timezone: str = "Asia/Shanghai"
    trusted_proxies: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    office_networks: tuple[str, ...] = ()
    four_eyes: int = 0
    sheet_link_days: int = 3
    metrics_networks: tuple[str, ...] = ("127.0.0.1", "::1")
    crypto_suite: str = "aes256gcm"
    clock: str = "real"
    installation: str = "民生工程社情民意回访"
    office_name: str = "区民生办"
    office_phone: str = ""
    calling_number: str = ""
    hotline: str = "12345"
    sms_signature: str = "区民生办"
    sms_url: str = ""
    sms_body: str = '{"phone":"{phone}","text":"{text}","ref":"{ref}"}'
    sms_header_file: str = ""
    sms_receipt_key_file: str = ""
    gateway_hosts: tuple[str, ...] = ()
    identity_days: int = 180
    answer_years: int = 2
    log_level: str = "INFO"
    pg_pool: int = 8

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which people read times."""
        return ZoneInfo(self.timezone)

    @property
    def sqlite_path(self) -> Path | None:
        """The file of the embedded database, or None on PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by https, so that cookies must be `__Host-` and Secure."""
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that requests may carry."""
        own = urlsplit(self.public_url).hostname or ""
        loopback = LOOPBACK if self.host in LOOPBACK else frozenset()
        return frozenset({own, *self.allowed_hosts}) | loopback

    def to_env(self) -> dict[str, str]:
        """The same settings as SURVEY_* variables, for the server's own child process."""
        found = {}
        for field in fields(self):
            value = getattr(self, field.name)
            found[PREFIX + field.name.upper()] = ",".join(value) if isinstance(value, tuple) else str(value)
        return found

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Settings from SURVEY_* variables over the TOML file named by SURVEY_CONFIG over the defaults."""
        env = os.environ if environ is None else environ
        given: dict[str, object] = {}
        if config := env.get(PREFIX + "CONFIG"):
            given |= _from_toml(Path(config))
        known = {field.name for field in fields(cls)}
        for name, value in env.items():
            if name.startswith(PREFIX) and name != PREFIX + "CONFIG":
                given[name.removeprefix(PREFIX).lower()] = value
        if strange := sorted(set(given) - known):
            raise SettingsRefused(f"不认识的设置：{', '.join(PREFIX + name.upper() for name in strange)}")
        return _checked(cls(**{name: _converted(cls, name, value) for name, value in given.items()}))  # type: ignore[arg-type]


def _from_toml(path: Path) -> dict[str, object]:
    try:
        return {str(key).lower(): value for key, value in tomllib.loads(path.read_text("utf-8")).items()}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsRefused(f"设置文件读不了：{path.name} ({type(problem).__name__})") from problem


def _converted(cls: type[Settings], name: str, value: object) -> object:
    default = getattr(Settings(), name)
    if isinstance(default, tuple):
        parts = value if isinstance(value, list) else str(value).split(",")
        return tuple(str(part).strip() for part in parts if str(part).strip())
    if isinstance(default, int):
        if not str(value).strip().isdigit():
            raise SettingsRefused(f"{PREFIX}{name.upper()} 应是整数，现为“{value}”")
        return int(str(value))
    return Path(str(value)) if isinstance(default, Path) else str(value)


def _checked(settings: Settings) -> Settings:
    scheme = settings.database_url.partition("://")[0]
    if scheme not in {"sqlite", "postgres"}:
        raise SettingsRefused("SURVEY_DATABASE_URL 应以 sqlite:///路径 或 postgres:// 开头")
    if settings.clock not in {"real", "demo"}:
        raise SettingsRefused("SURVEY_CLOCK 只能是 real 或 demo")
    if settings.crypto_suite not in {"aes256gcm", "sm4gcm"}:
        raise SettingsRefused("SURVEY_CRYPTO_SUITE 只能是 aes256gcm 或 sm4gcm")
    if not urlsplit(settings.public_url).hostname or not settings.public_url.startswith(("http://", "https://")):
        raise SettingsRefused("SURVEY_PUBLIC_URL 应是完整网址，例如 https://hf.example.gov.cn")
    if not 1 <= settings.port <= 65_535:
        raise SettingsRefused("SURVEY_PORT 应在1到65535之间")
    if settings.four_eyes not in (0, 1):
        raise SettingsRefused("SURVEY_FOUR_EYES 只能是 0 或 1")
    if not 1 <= settings.sheet_link_days <= 7:
        raise SettingsRefused("SURVEY_SHEET_LINK_DAYS 应在1到7之间")
    try:
        settings.zone  # noqa: B018  (reading it is the check)
    except ZoneInfoNotFoundError as problem:
        raise SettingsRefused(f"SURVEY_TIMEZONE 不认识：{settings.timezone}") from problem
    return settings
