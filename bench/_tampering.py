"""What a thief of the database may do to the log, the triggers gone: raw statements, eight kinds, and the heads alone.

He has read the code, and hashes as it does. He has old copies of the database, with the heads that were genuine then.
The key is not his, but for one way of re-chaining, in which the machine has fallen, too; heads kept elsewhere are
beyond his reach. He adds nothing under the true key, because then he would be the program.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.test.utils import override_settings

from liangshi.foundation.audit import heads
from liangshi.foundation.audit.actions import CITY, Machine, erase, record
from liangshi.foundation.audit.audit import ERASED
from liangshi.foundation.audit.hashing import START, canonical, detail_digest, link, new_salt
from liangshi.foundation.audit.models import Chain, Entry
from liangshi.foundation.audit.queries import verify_all
from liangshi.foundation.audit.signing import public_key, sign
from liangshi.foundation.audit.triggers import GUARDS
from liangshi.foundation.audit.types import TYPES, Leaves

SCHOOLS = ("11111111-1111-7111-8111-111111111111", "22222222-2222-7222-8222-222222222222")
EACH = 7  # entries of a chain, besides one erasure
HIS_KEY = "a key of his own, which signs as well as any other"
Row = dict[str, Any]


@dataclass
class Log:
    """The log as it was written, and what is known about it beside the database."""

    old: dict[str, list[Row]] = field(default_factory=dict)  # chain → its genuine heads, from old copies
    erased: list[Row] = field(default_factory=list)  # entries as they were before their erasure
    kept: heads.Kept = field(default_factory=dict)


# The log that is tampered with ---------------------------------------------------------------------------


def write(dice: random.Random) -> Log:
    """Three chains with details, without, and with one that was erased; the heads are kept at the end."""
    log = Log()
    types = [each for each in TYPES.values() if each.leaves is Leaves.DETAIL]
    for chain in (CITY, *SCHOOLS):
        for number in range(EACH):
            with transaction.atomic():
                record(
                    dice.choice(types),
                    Machine(f"行为人{dice.randrange(9)}", hat_label="办公室", account_id=_key(dice)),
                    chain=chain,
                    obj=str(_key(dice)) if dice.random() < 0.8 else "",
                    subjects=[_key(dice)],
                    **({"note": f"第 {number} 次", "times": number} if number % 4 else {}),
                )
            log.old.setdefault(chain, []).append(Chain.objects.filter(pk=chain).values().get())
        row = Entry.objects.get(chain=chain, seq=dice.choice([2, 3, 4, 6]))
        log.erased.append(Entry.objects.filter(pk=row.pk).values().get())
        erase(row, Machine("保存期限"), "保存期满")
        log.old[chain].append(Chain.objects.filter(pk=chain).values().get())
    with TemporaryDirectory() as folder:
        heads.append(Path(folder) / "heads.jsonl", heads.present())
        log.kept, problems = heads.read([Path(folder)], {public_key()})
    if problems:
        raise ValueError(problems)
    return log


def _key(dice: random.Random) -> uuid.UUID:
    return uuid.UUID(int=dice.getrandbits(128), version=4)


# Ways to reach into it -----------------------------------------------------------------------------------


def _sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _chain(dice: random.Random) -> str:
    return dice.choice([CITY, *SCHOOLS])


def _rows(chain: str) -> list[Entry]:
    return list(Entry.objects.filter(chain=chain).order_by("seq"))


def _some_row(dice: random.Random, chain: str) -> Entry:
    return Entry.objects.get(chain=chain, seq=dice.randint(1, EACH + 1))


def _put(row: Entry, **values: Any) -> None:
    Entry.objects.filter(pk=row.pk).update(**values)


def _set_head(chain: str, **values: Any) -> None:
    Chain.objects.filter(pk=chain).update(**values)


def _renumber(rows: list[Entry], first: int) -> None:
    """Give rows of a chain the numbers from `first` on, past the constraint that forbids two of one number."""
    for row in rows:
        _put(row, seq=row.seq + 1_000_000)
    for seq, row in enumerate(rows, first):
        _put(row, seq=seq)
        row.seq = seq


def _rehash(chain: str, first: int = 1) -> tuple[int, str]:
    """Link a chain again with the program's own code; returns its new length and head."""
    head = START
    rows = _rows(chain)
    for row in rows:
        if row.seq >= first:
            row.previous = head
            row.hash = link(row)
            _put(row, previous=row.previous, hash=row.hash)
        head = row.hash
    return len(rows), head


def _his_signature(chain: str, length: int, head: str) -> str:
    with override_settings(AUDIT_KEY=HIS_KEY):
        return sign("head", chain, length, head)


def _forged(dice: random.Random, chain: str, seq: int, previous: str, **values: Any) -> Entry:
    at = dt.datetime(2026, 11, 30, 8, dice.randrange(60), tzinfo=dt.UTC)
    detail = values.pop("detail", {"note": "没有的事"})
    row = Entry(
        id=_key(dice), created_at=at, at=at, chain=chain, seq=seq, previous=previous, salt=new_salt(), detail=detail,
        **{"type": dice.choice(list(TYPES)), "actor": "别人", "hat": "办公室", "subject": str(_key(dice)), **values},
    )  # fmt: skip
    row.detail_digest = detail_digest(row.salt, canonical(detail).decode())
    row.hash = link(row)
    return row


# The tamperings: each does one, or says False where there was nothing to do -----------------------------------


def flip(dice: random.Random, log: Log) -> bool:
    """One bit of one column, whatever becomes of it."""
    row = _some_row(dice, _chain(dice))
    name = dice.choice([each.column for each in Entry._meta.concrete_fields])
    if connection.vendor == "postgresql":
        return _flip_value(dice, row, name)
    quoted = connection.ops.quote_name(name)
    if name == "seq":
        _sql("UPDATE audit_entry SET seq = %s WHERE id = %s", row.seq ^ 1 << dice.randrange(20), row.pk.hex)
        return True
    ((before,),) = _sql(f"SELECT CAST({quoted} AS BLOB) FROM audit_entry WHERE id = %s", row.pk.hex)
    after = bytearray(before or b"\0")
    after[dice.randrange(len(after))] ^= 1 << dice.randrange(8)
    kind = dice.choice(["TEXT", "TEXT", "TEXT", "BLOB"])
    _sql(f"UPDATE audit_entry SET {quoted} = CAST(%s AS {kind}) WHERE id = %s", bytes(after), row.pk.hex)
    return True


def _flip_value(dice: random.Random, row: Entry, name: str) -> bool:
    """PostgreSQL keeps values, not bytes: the least that can be changed in one."""
    value = getattr(row, name)
    if isinstance(value, uuid.UUID):
        changed: Any = uuid.UUID(int=value.int ^ 1 << dice.randrange(128))
    elif isinstance(value, dt.datetime):
        changed = value + dt.timedelta(microseconds=dice.choice([-1, 1]) << dice.randrange(40))
    elif isinstance(value, int):
        changed = value ^ 1 << dice.randrange(20)
    elif isinstance(value, dict):
        changed = {**value, dice.choice([*value, "more"]): dice.random()}
    else:
        place = dice.randrange(len(value)) if value else 0
        other = chr(ord(value[place]) ^ 1 << dice.randrange(3)) if value else "x"
        changed = value[:place] + other + value[place + 1 :]
    _put(row, **{name: changed})
    return True


def empty(dice: random.Random, log: Log) -> bool:
    """A detail is emptied as an erasure does it, with whatever can be made to look like its entry."""
    chain = _chain(dice)
    row = _some_row(dice, chain)
    if not row.detail:
        return False
    way = dice.randrange(5)
    if way == 0:
        _put(row, detail={})
    elif way == 1:
        _put(row, detail={}, salt="")
    elif way == 2:
        before = next(each for each in log.erased if each["chain"] == chain)
        Entry.objects.filter(pk=before["id"]).update(detail=before["detail"], salt=before["salt"])
        if not before["detail"]:
            return False
    else:
        genuine = Entry.objects.get(chain=chain, type=ERASED.code).detail["signature"]
        _put(row, detail={}, salt="")
        said: Row = {"entry": row.pk.hex, "seq": row.seq, "digest": row.detail_digest, "reason": "保存期满"}
        with override_settings(AUDIT_KEY=HIS_KEY):
            signature = sign("erasure", chain, said)
        if way == 4:
            signature = genuine
        _append(dice, chain, type=ERASED.code, detail={**said, "signature": signature})
    return True


def _append(dice: random.Random, chain: str, **values: Any) -> None:
    """One more entry, linked as it should be, under a head that is not signed as it should be."""
    head = Chain.objects.get(pk=chain)
    row = _forged(dice, chain, head.length + 1, head.head, **values)
    Entry.objects.bulk_create([row])
    signature = _his_signature(chain, row.seq, row.hash) if dice.random() < 0.5 else head.signature
    _set_head(chain, length=row.seq, head=row.hash, signature=signature)


def delete(dice: random.Random, log: Log) -> bool:
    """One entry, with or without the gap that it leaves, or a whole chain."""
    chain, place = _chain(dice), dice.randint(1, EACH + 1)
    way = dice.randrange(3)
    if way == 2:
        _sql("DELETE FROM audit_entry WHERE chain = %s", chain)
        _sql("DELETE FROM audit_chain WHERE key = %s", chain)
        return True
    _sql("DELETE FROM audit_entry WHERE chain = %s AND seq = %s", chain, place)
    if way == 1:
        _renumber(_rows(chain)[place - 1 :], place)
        _set_head(chain, length=EACH)
    return True


def insert(dice: random.Random, log: Log) -> bool:
    """An entry at the end, in between, in a chain of its own, or a second copy of one."""
    chain = _chain(dice)
    rows = _rows(chain)
    way = dice.randrange(4)
    if way == 0:
        _append(dice, chain)
    elif way == 1:
        place = dice.randrange(len(rows))
        _renumber(rows[place:], place + 2)
        before = rows[place - 1].hash if place else START
        Entry.objects.bulk_create([_forged(dice, chain, place + 1, before)])
        _set_head(chain, length=len(rows) + 1)
    elif way == 2:
        Entry.objects.bulk_create([_forged(dice, str(_key(dice)), 1, START)])
    else:
        copy = dice.choice(rows)
        copy.pk, copy.seq = _key(dice), len(rows) + 1
        copy.created_at = copy.at
        Entry.objects.bulk_create([copy])
    return True


def replace(dice: random.Random, log: Log) -> bool:
    """`INSERT OR REPLACE`: another row stands where one stood."""
    row = _some_row(dice, _chain(dice))
    other = _forged(dice, row.chain, row.seq, row.previous, type=row.type)
    if dice.random() < 0.5:
        other.pk = row.pk
        other.hash = link(other) if dice.random() < 0.5 else row.hash
    Entry.objects.filter(pk=row.pk)._raw_delete(using="default")
    Entry.objects.bulk_create([other])
    return True


def reorder(dice: random.Random, log: Log) -> bool:
    """Two entries change places, or times."""
    chain = _chain(dice)
    one, other = _some_row(dice, chain), _some_row(dice, chain)
    if one.seq == other.seq:
        return False
    way = dice.randrange(3)
    if way == 0:
        _put(one, at=other.at)
        _put(other, at=one.at)
        return True
    _put(one, seq=1_000_000)
    _put(other, seq=one.seq)
    _put(one, seq=other.seq)
    if way == 1:
        for row, place in ((one, other), (other, one)):
            row.seq, row.previous = place.seq, place.previous
        for row in (one, other):
            _put(row, previous=row.previous, hash=link(row))
    return True


def truncate(dice: random.Random, log: Log) -> bool:
    """The end is cut off, and the head is what it was then."""
    chain, left = _chain(dice), dice.randint(1, EACH)
    _sql("DELETE FROM audit_entry WHERE chain = %s AND seq > %s", chain, left)
    way = dice.randrange(3)
    then = log.old[chain][left - 1]
    if way == 1:
        _set_head(chain, length=left, head=then["head"], signature=then["signature"])
    elif way == 2:
        _set_head(chain, length=left, head=then["head"], signature=_his_signature(chain, left, then["head"]))
    return True


def rechain(dice: random.Random, log: Log) -> bool:
    """One entry is changed or thrown out, and everything from there on hashed again by the program's own code."""
    chain = _chain(dice)
    victim = _some_row(dice, chain)
    way = dice.randrange(4)
    if way == 0:
        _put(victim, actor="别人")
    elif way == 1:
        _put(victim, at=victim.at + dt.timedelta(microseconds=1))
    elif way == 2:
        detail = {"note": "没有的事"}
        digest = detail_digest(victim.salt, canonical(detail).decode())
        _put(victim, detail=detail, detail_digest=digest)
    else:
        _sql("DELETE FROM audit_entry WHERE chain = %s AND seq = %s", chain, victim.seq)
        _renumber(_rows(chain)[victim.seq - 1 :], victim.seq)
    length, head = _rehash(chain, victim.seq)
    signature = dice.choice(
        [
            Chain.objects.get(pk=chain).signature,
            _his_signature(chain, length, head),
            sign("head", chain, length, head),
        ]
    )
    _set_head(chain, length=length, head=head, signature=signature)
    return True


def heads_alone(dice: random.Random, log: Log) -> bool:
    """The table of heads, and no entry."""
    chain = _chain(dice)
    row = Chain.objects.get(pk=chain)
    way = dice.randrange(7)
    if way == 0:
        _set_head(chain, length=row.length + dice.choice([-1, 1, 1 << 40]))
    elif way in {1, 2}:
        name, text = ("head", row.head) if way == 1 else ("signature", row.signature)
        place = dice.randrange(len(text))
        _set_head(chain, **{name: text[:place] + dice.choice("ghij") + text[place + 1 :]})
    elif way == 3:
        _sql("UPDATE audit_chain SET key = %s WHERE key = %s", str(_key(dice)), chain)
    elif way == 4:
        _sql("DELETE FROM audit_chain WHERE key = %s", chain)
    elif way == 5:
        Chain.objects.bulk_create([Chain(key=str(_key(dice)), length=0)])
    else:
        then = dice.choice(log.old[chain][:-1])
        _set_head(chain, length=then["length"], head=then["head"], signature=then["signature"])
    return True


KINDS: dict[str, Callable[[random.Random, Log], bool]] = {
    "flip": flip,
    "empty": empty,
    "delete": delete,
    "insert": insert,
    "replace": replace,
    "reorder": reorder,
    "truncate": truncate,
    "re-chain": rechain,
    "heads alone": heads_alone,
}


@dataclass
class Outcome:
    """Kind → how many were done and how many found; the seeds of those that were not."""

    done: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)


def run(number: int, seed: int) -> Outcome:
    """Tamper so many times, each time with the same log. Must run in a transaction that is rolled back.

    Raises ValueError where a log that nobody touched does not hold.
    """
    log = write(random.Random(f"{seed}/log"))
    for guard in GUARDS.values():
        guard.remove()
    outcome = Outcome()
    with _unchecked():
        _demand_whole(log)
        for turn in range(number):
            _one(f"{seed}/{turn}", list(KINDS)[turn % len(KINDS)], log, outcome)
        _demand_whole(log)
    return outcome


@contextmanager
def _unchecked() -> Iterator[None]:
    """SQLite looks at no CHECK for whoever asks it not to."""
    if connection.vendor != "sqlite":
        yield
        return
    _sql("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        _sql("PRAGMA ignore_check_constraints = OFF")


def _demand_whole(log: Log) -> None:
    if breaks := [broken for _, broken in verify_all(log.kept).values() if broken]:
        raise ValueError(f"nobody has touched it: {breaks}")


def _one(seed: str, kind: str, log: Log, outcome: Outcome) -> None:
    """Draws again where there was nothing to do, or the database refused it."""
    dice = random.Random(seed)
    while True:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    did = KINDS[kind](dice, log)
            except IntegrityError:
                did = False
            if did:
                outcome.done[kind] += 1
                if any(broken for _, broken in verify_all(log.kept).values()):
                    outcome.found[kind] += 1
                else:
                    outcome.missed.append(f"{seed} {kind}")
            transaction.set_rollback(True)
        if did:
            return
