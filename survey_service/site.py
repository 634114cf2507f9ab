"""What a running installation consists of, handed to every handler."""

from dataclasses import dataclass

from survey_service.clock import Clock
from survey_service.db import Ledger
from survey_service.privacy import Keyring
from survey_service.settings import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """Settings, clock, keys and the ledger of changes."""

    settings: Settings
    clock: Clock
    keyring: Keyring
    ledger: Ledger
