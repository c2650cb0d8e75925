"""Every column is bound into the chain, and each detail has a salt of its own: entries that are there are hashed anew,
if they hold by the rule under which they were written."""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.db import migrations, models

from liangshi.foundation.audit.triggers import GUARDS
from liangshi.foundation.audit.models import Canonical
from liangshi.foundation.audit.signing import sign
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError

FROZEN = import_module("liangshi.foundation.audit.migrations.0002_frozen")
AT_ONCE = 2000  # rows

# The rule of this version. `audit.hashing` has that of today.
START, END = "0" * 64, "\0"
BOUND = (
    "id", "created_at", "chain", "at", "type", "account", "actor", "hat", "object", "subject",
    "detail_digest", "previous",
)


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def hashed(*texts: str) -> str:
    return hashlib.sha256(END.join(texts).encode()).hexdigest()


def text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return str(value.astimezone(dt.UTC).replace(tzinfo=None))
    return value if isinstance(value, str) else str(value.hex)


def link(entry: Any) -> str:
    return hashed(str(entry.seq), *(text(getattr(entry, name)) for name in BOUND))


def old_digest(entry: Any) -> str:
    return hashlib.sha256(entry.id.bytes + canonical(entry.detail)).hexdigest()


def old_link(entry: Any) -> str:
    said = [
        entry.previous, entry.chain, entry.seq, entry.at.timestamp(), entry.type, entry.account,
        entry.actor, entry.hat, entry.object, entry.subject, entry.detail_digest,
    ]
    return hashlib.sha256(canonical(said)).hexdigest()


def in_order(apps: Any, chain: str) -> Iterator[list[Any]]:
    """Its entries, some at a time; whoever takes them may change them."""
    rows = apps.get_model("audit", "Entry").objects.filter(chain=chain).order_by("seq")
    seq = 0
    while some := list(rows.filter(seq__gt=seq)[:AT_ONCE]):
        yield some
        seq = some[-1].seq


def hash_anew(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("audit", "Entry")
    for head in apps.get_model("audit", "Chain").objects.all():
        before, after, length = START, START, 0
        for some in in_order(apps, head.key):
            for entry in some:
                length += 1
                whole = entry.seq == length and entry.previous == before and old_link(entry) == entry.hash
                demand(whole and old_digest(entry) == entry.detail_digest, head.key, length)
                before, entry.previous, entry.salt = entry.hash, after, secrets.token_hex(16)
                entry.detail_digest = hashed(entry.salt, canonical(entry.detail).decode())
                entry.hash = after = link(entry)
            model.objects.bulk_update(some, ["detail", "salt", "detail_digest", "previous", "hash"], batch_size=100)
        demand((head.length, head.head) == (length, before), head.key, length + 1)
        head.head, head.signature = after, sign("head", head.key, length, after)
        head.save()


def demand(holds: bool, chain: str, seq: int) -> None:
    if not holds:
        raise DomainError(
            "broken_chain",
            f"操作记录的链 {chain} 在第 {seq} 条断了：升级会把每一条重算一遍，抹掉改动的痕迹，所以没有升级。"
            "请留下这个数据库的拷贝，从完好的备份恢复以后再升级。",
        )


def hash_as_before(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("audit", "Entry")
    for head in apps.get_model("audit", "Chain").objects.all():
        before = START
        for some in in_order(apps, head.key):
            for entry in some:
                entry.previous = before
                if entry.salt:  # else it was erased, and the digest stays what it was
                    entry.detail_digest = old_digest(entry)
                entry.hash = before = old_link(entry)
            model.objects.bulk_update(some, ["detail_digest", "previous", "hash"], batch_size=100)
        head.head = before
        head.save()


def take_down(apps: Any, schema_editor: Any) -> None:
    for triggers in GUARDS.values():
        triggers.remove()


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_frozen")]

    operations = [
        migrations.RunPython(FROZEN.remove, FROZEN.install),
        migrations.AddField("chain", "signature", models.CharField(blank=True, max_length=128)),
        migrations.AddField("entry", "salt", models.CharField(blank=True, max_length=32)),
        migrations.AlterField(
            "entry",
            "created_at",
            models.DateTimeField(default=now, editable=False, verbose_name="建立时间"),
        ),
        migrations.AlterField(
            "entry", "detail", models.JSONField(blank=True, default=dict, encoder=Canonical)
        ),
        migrations.RunPython(hash_anew, hash_as_before),
        migrations.RunPython(migrations.RunPython.noop, take_down),  # they are put up after every migrate
    ]
