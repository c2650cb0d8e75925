"""Words and numbers at rest: AES-256-GCM, and a keyed digest to find them by.

Stored text is `v1.` + base64(nonce ‖ ciphertext). The field's own name is bound in as associated data, so a
ciphertext copied into another column does not open. Texts are filled up to whole blocks before they are sealed: what a
code or a short line says cannot be told from its length. Keys live outside the database (setting FIELD_KEY).

A row that is read carries its sealed texts sealed. They open when they are looked at, and only for whom a reader's
rule has handed them out (`guard.hand_out`), or where the program reads for itself (`guard.as_system`, a deed). A list of talks
opens nothing. A field that whoever may have the row may read as well says so (`with_row`): it opens on every row that
came through a door of `guard`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.lookups import Exact
from django.db.models.query_utils import DeferredAttribute

from liangshi.foundation.base import guard

VERSION = "v1."
BLOCK = 32  # bytes
FILL = b"\0"  # no form lets one type it


@lru_cache(maxsize=4)
def _keys(secret: str) -> tuple[AESGCM, bytes]:
    material = hashlib.sha512(b"liangshi-field-keys:" + secret.encode()).digest()
    return AESGCM(material[:32]), material[32:]


def seal(text: str, label: str) -> str:
    cipher, _ = _keys(settings.FIELD_KEY)
    nonce, plain = os.urandom(12), text.encode()
    plain += FILL * (-len(plain) % BLOCK)
    return VERSION + base64.b64encode(nonce + cipher.encrypt(nonce, plain, label.encode())).decode()


def unseal(stored: str, label: str) -> str:
    """Open a sealed text. Raises ValueError when it was altered or belongs to another column or key."""
    cipher, _ = _keys(settings.FIELD_KEY)
    raw = base64.b64decode(stored.removeprefix(VERSION))
    try:
        return cipher.decrypt(raw[:12], raw[12:], label.encode()).rstrip(FILL).decode()
    except InvalidTag as problem:
        raise ValueError(f"{label} 的密文打不开：数据被改动，或密钥不对。") from problem


def digest(text: str) -> str:
    """Keyed digest (HMAC-SHA256, 64 hex digits): equal texts are found without opening any. "" stays ""."""
    if not text:
        return ""
    return hmac.new(_keys(settings.FIELD_KEY)[1], text.encode(), hashlib.sha256).hexdigest()


class Sealed:
    """A text as it lies in the database, with the name of the column that it belongs to."""

    __slots__ = ("label", "stored")

    def __init__(self, stored: str, label: str) -> None:
        self.stored = stored
        self.label = label

    def open(self) -> str:
        return unseal(self.stored, self.label)


_carrying: ContextVar[bool] = ContextVar("carrying", default=False)


@contextmanager
def carrying() -> Iterator[None]:
    """For the time of the block sealed texts pass from row to row as they are."""
    token = _carrying.set(True)
    try:
        yield
    finally:
        _carrying.reset(token)


class SealedAttribute(DeferredAttribute):
    """What stands on the row: sealed until it is looked at."""

    field: SealedField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        held = instance.__dict__[name] if name in instance.__dict__ else super().__get__(instance, cls)
        if isinstance(held, Sealed) and not _carrying.get():
            if not self.field.handed_out_on(instance) and not guard.reason():
                raise guard.NotSeen(f"{held.label}: no rule has handed it out, and nobody said why")
            held = instance.__dict__[name] = self.field.from_text(held.open())
        return held

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.TextField[str, str]):
    """A text column that is sealed in the database and plain in Python; a form bounds its length. The database can be
    asked whether it is empty, and nothing else: "" stays "". `with_row`: see the module."""

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, with_row: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.with_row = with_row

    def _label(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def handed_out_on(self, row: models.Model) -> bool:
        """Whether the reader of this row may have what this field says."""
        return guard.handed_out(row, self.attname) or (self.with_row and guard.came_through(row))

    def to_text(self, value: Any) -> str:
        return str(value) if value else ""

    def from_text(self, text: str) -> Any:
        return text

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.stored
        text = self.to_text(value)
        return seal(text, self._label()) if text else ""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What was not opened is saved as it lay there."""
        return model_instance.__dict__.get(self.attname, "")

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        return Sealed(value, self._label()) if value else self.from_text("")

    def get_lookup(self, lookup_name: str) -> Any:
        return IsEmpty if lookup_name == "exact" else None


class IsEmpty(Exact[Any]):
    """The one question that a sealed column answers."""

    def get_prep_lookup(self) -> str:
        if self.rhs != "":
            raise ValueError(f"{self.lhs.output_field} is sealed: ask whether it is empty, or open it")
        return ""


class SealedList(SealedField):
    """A sealed column for a list of codes. An empty one is stored as "", which says so."""

    def to_text(self, value: Any) -> str:
        return json.dumps(value) if value else ""

    def from_text(self, text: str) -> list[str]:
        return list(json.loads(text)) if text else []


def glimpse(row: models.Model, field: str) -> str:
    """The opened text, for what shows a trace of it: a masked number. Never what a reader gets."""
    held = row.__dict__.get(field, "")
    return held.open() if isinstance(held, Sealed) else str(held)


def masked(text: str, head: int = 3, tail: int = 4) -> str:
    """A number with its middle hidden: 138****0013. Too short to hide: all hidden."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
