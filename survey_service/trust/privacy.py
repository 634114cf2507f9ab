"""Seal and unseal personal data, find numbers by keyed digest, mask what is shown."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from survey_service.errors import SealBroken

NONCE_BYTES = 12
TAG_BYTES = 16


class CryptoSuite(Protocol):
    """A family of algorithms; every sealed value and key carries the name of the suite that made it."""

    name: str
    key_bytes: int

    def encrypt(self, key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
        """Ciphertext and tag."""
        ...

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """The text; raises InvalidTag when anything differs."""
        ...

    def mac(self, key: bytes, text: bytes) -> str:
        """Keyed digest, hex."""
        ...


class Aes256Gcm:
    """AES-256-GCM and HMAC-SHA256, the default."""

    name = "aes256gcm"
    key_bytes = 32

    def encrypt(self, key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
        return AESGCM(key).encrypt(nonce, text, bound)

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        return AESGCM(key).decrypt(nonce, sealed, bound)

    def mac(self, key: bytes, text: bytes) -> str:
        return hmac.new(key, text, hashlib.sha256).hexdigest()


class Sm4Gcm:
    """SM4-GCM and HMAC-SM3 for installations under 密评; a software implementation alone does not pass it."""

    name = "sm4gcm"
    key_bytes = 16

    def encrypt(self, key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        return encryptor.update(text) + encryptor.finalize() + encryptor.tag

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        body, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound)
        return decryptor.update(body) + decryptor.finalize()

    def mac(self, key: bytes, text: bytes) -> str:
        return hmac.new(key, text, "sm3").hexdigest()


SUITES: Mapping[str, CryptoSuite] = {suite.name: suite for suite in (Aes256Gcm(), Sm4Gcm())}


@dataclass(frozen=True, slots=True)
class DataKey:
    """One unwrapped key."""

    kid: str
    purpose: str
    suite: CryptoSuite
    secret: bytes


class Keyring:
    """The unwrapped keys of this installation, by id and by purpose; the newest of a purpose is the one that writes."""

    def __init__(self, keys: list[DataKey]) -> None:
        self._by_kid = {key.kid: key for key in keys}
        self._current = {key.purpose: key for key in keys}

    def key(self, purpose: str) -> DataKey:
        """The key that writes for this purpose."""
        return self._current[purpose]

    def mac(self, purpose: str, text: str) -> str:
        """Keyed digest (hex) for this purpose."""
        key = self._current[purpose]
        return key.suite.mac(key.secret, text.encode())

    def seal(self, column: str, row: str, text: str) -> str:
        """`v1.<kid>.<nonce and ciphertext>`, bound to column and row so that it cannot be moved."""
        key = self._current["field"]
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = key.suite.encrypt(key.secret, nonce, text.encode(), _bound(column, row, key.kid))
        return f"v1.{key.kid}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, column: str, row: str, sealed: str) -> str:
        """The text; SealBroken when it was altered, moved, or its key is not here."""
        try:
            _, kid, body = sealed.split(".", 2)
            key = self._by_kid[kid]
            raw = base64.urlsafe_b64decode(body)
            bound = _bound(column, row, kid)
            return key.suite.decrypt(key.secret, raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound).decode()
        except (ValueError, KeyError, InvalidTag) as problem:
            raise SealBroken(column) from problem

    def blind_index(self, kind: str, text: str) -> str:
        """Digest by which equal numbers find each other; meaningless without the key."""
        return self.mac("bidx", f"{kind}|{text}")


def _bound(column: str, row: str, kid: str) -> bytes:
    return f"{column}|{row}|{kid}".encode()


def wrap(suite: CryptoSuite, kek: bytes, kid: str, secret: bytes) -> str:
    """A data key under the key-encryption key."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = suite.encrypt(kek[: suite.key_bytes], nonce, secret, kid.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unwrap(suite: CryptoSuite, kek: bytes, kid: str, wrapped: str) -> bytes:
    """The data key; SealBroken under a wrong key-encryption key."""
    raw = base64.urlsafe_b64decode(wrapped)
    try:
        return suite.decrypt(kek[: suite.key_bytes], raw[:NONCE_BYTES], raw[NONCE_BYTES:], kid.encode())
    except InvalidTag as problem:
        raise SealBroken("key") from problem


def masked_name(name: str) -> str:
    """张* or 欧**: the first character and one star or two, so that no long name gives itself away."""
    return name[:1] + "*" * min(2, max(1, len(name) - 1)) if name else ""


def masked_phone(digits: str) -> str:
    """138****8000 for mobiles, 0551****456 style for the rest."""
    if len(digits) <= 7:
        return "*" * len(digits)
    return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]
