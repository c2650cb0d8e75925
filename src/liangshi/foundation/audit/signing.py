"""The log's own key, which lies outside the database: whoever holds the database alone signs nothing (Ed25519)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from liangshi.foundation.audit.hashing import canonical


@lru_cache(maxsize=4)
def _key(secret: str) -> tuple[Ed25519PrivateKey, str]:
    key = Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(b"liangshi-audit-key:" + secret.encode()).digest()
    )
    return key, key.public_key().public_bytes_raw().hex()


def public_key() -> str:
    """64 hex digits, by which anybody checks what this installation has signed."""
    return _key(settings.AUDIT_KEY)[1]


def sign(kind: str, *said: Any) -> str:
    """128 hex digits. `kind` keeps what was signed for one purpose from being used for another."""
    return _key(settings.AUDIT_KEY)[0].sign(_message(kind, said)).hex()


def signed(keys: Iterable[str], signature: object, kind: str, *said: Any) -> bool:
    """Whether one of these public keys has signed exactly this."""
    try:
        message = _message(kind, said)
    except UnicodeEncodeError:  # half a character, which we never sign
        return False
    return any(_holds(key, str(signature), message) for key in keys)


def _message(kind: str, said: tuple[Any, ...]) -> bytes:
    return canonical(["liangshi.audit", kind, *said])


def _holds(key: str, signature: str, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
