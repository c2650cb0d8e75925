"""The audit log: one chain of hashes per school (and one for the bureau), only ever added to."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from liangshi.foundation.audit.types import LABELS
from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.models import Row


class Canonical(json.JSONEncoder):
    """One value has one text, so that SQLite holds the very bytes that were hashed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")})


class Chain(models.Model):
    """The head of one chain, signed with the log's key. Its row is locked while an entry is added, which orders the
    entries; the database lets it grow and nothing else."""

    holds = Holds(c1="key head signature")
    school_in = "key"

    key = models.CharField(primary_key=True, max_length=36)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)
    signature = models.CharField(max_length=128, blank=True)

    def __str__(self) -> str:
        return f"{self.key} ({self.length})"


class Entry(Row):
    """Who did or read what, when, under which hat. The database refuses to change or delete it, but for `detail` and
    its `salt`, which an erasure empties: the hash covers the digest of both, which stays."""

    holds = Holds(
        c1="chain type salt detail_digest previous hash",
        c2="account actor hat object subject",
        c3="detail",
        plain={"detail": "哈希链逐字节绑定它，核对时不用密钥；其中人写的话另行密存"},
    )
    school_in = "chain"

    created_at = models.DateTimeField("建立时间", default=now, editable=False)  # known before it is hashed
    chain = models.CharField(max_length=36)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField("时间")
    type = models.CharField("事项", max_length=40)
    account = models.CharField(max_length=36, blank=True)
    actor = models.CharField("姓名", max_length=60, blank=True)
    hat = models.CharField("身份", max_length=60, blank=True)
    object = models.CharField("对象", max_length=80, blank=True)
    subject = models.CharField(max_length=36, blank=True)
    detail = models.JSONField(default=dict, blank=True, encoder=Canonical)
    salt = models.CharField(max_length=32, blank=True)
    detail_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("chain", "-seq")
        constraints = (models.UniqueConstraint(fields=["chain", "seq"], name="audit_seq_once"),)
        indexes = (
            models.Index(fields=["subject", "at"], name="audit_by_subject"),
            models.Index(fields=["account", "at"], name="audit_by_account"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.label}"

    @property
    def label(self) -> str:
        return LABELS.get(self.type, self.type)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("audit entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("audit entries are never deleted")
