"""What a running installation consists of, handed to every handler."""

from dataclasses import dataclass

from survey_service.clock import Clock
from survey_service.db import Ledger
from survey_service.gateways.sms import SmsGateway
from survey_service.settings import Settings
from survey_service.trust.privacy import Keyring


@dataclass(frozen=True, slots=True)
class Site:
    """Settings, clock, keys, the ledger of changes, and the way out for short messages (None when none is configured)."""

    settings: Settings
    clock: Clock
    keyring: Keyring
    ledger: Ledger
    gateway: SmsGateway | None = None
