"""The log only grows, and any tampering shows."""

from __future__ import annotations

import datetime as dt
import random
from io import StringIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from liangshi.foundation.audit import triggers
from liangshi.foundation.audit.actions import record
from liangshi.foundation.audit.models import Chain, Entry
from liangshi.foundation.audit.queries import verify, verify_all
from liangshi.foundation.audit.types import TYPES, EntryType, Leaves, declare
from tests.cast import installer

SEEN = declare("test.seen", "打开测试页", Leaves.DETAIL, read=True)
CHAIN = "11111111-1111-7111-8111-111111111111"

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def write(count: int, chain: str = CHAIN) -> None:
    with transaction.atomic():
        for n in range(count):
            record(SEEN, installer(), chain=chain, subjects=[uuid4()], note=f"第 {n} 次")


def test_a_chain_holds_and_schools_have_chains_of_their_own() -> None:
    write(5)
    write(3, chain="city")
    assert verify_all() == {CHAIN: (5, None), "city": (3, None)}
    out = StringIO()
    call_command("audit_verify", stdout=out)
    assert "2 条链，共 8 条记录" in out.getvalue()


@pytest.fixture
def unguarded() -> None:
    """Somebody with the database's password has taken the refusal away (until the test is over)."""
    with connection.cursor() as cursor:
        triggers.remove(None, SimpleNamespace(connection=connection, execute=cursor.execute))


@pytest.mark.parametrize("seed", range(40))
def test_every_tampering_is_found(seed: int, unguarded: None) -> None:
    write(12)
    dice = random.Random(seed)
    rows = Entry.objects.filter(chain=CHAIN)
    victim = rows.filter(seq=dice.randint(1, 11))
    match seed % 6:
        case 0:
            victim.update(actor="别人")
        case 1:
            victim.update(at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        case 2:
            victim.update(detail={"note": "没有的事"})
        case 3:
            Entry.objects.filter(pk__in=victim.values("pk"))._raw_delete(using="default")
        case 4:
            a, b = rows.get(seq=3), rows.get(seq=4)
            Entry.objects.filter(pk=a.pk).update(seq=99)
            Entry.objects.filter(pk=b.pk).update(seq=3)
            Entry.objects.filter(pk=a.pk).update(seq=4)
        case 5:
            rows.filter(seq__gt=dice.randint(1, 11))._raw_delete(using="default")
    count, broken = verify(CHAIN)
    assert broken is not None
    assert count < 12
    with pytest.raises(CommandError, match="1 处不符"):
        call_command("audit_verify", stderr=StringIO())


def test_an_erased_detail_leaves_the_chain_whole() -> None:
    write(3)
    Entry.objects.filter(chain=CHAIN, seq=2).update(detail={})
    assert verify(CHAIN) == (3, None)


def test_the_database_refuses_to_change_or_delete_an_entry() -> None:
    write(1)
    entry = Entry.objects.get(chain=CHAIN)
    for name in triggers.FROZEN[1:]:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE audit_entry SET {name} = {name}")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry")
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_an_entry_belongs_to_the_transaction_of_the_deed() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record(SEEN, installer(), chain=CHAIN)
        raise RuntimeError("the deed failed")
    assert not Entry.objects.filter(chain=CHAIN).exists()
    assert not Chain.objects.filter(key=CHAIN, length__gt=0).exists()


def test_every_type_has_a_label_and_says_how_personal_data_leaves_it() -> None:
    assert all(isinstance(kind.leaves, Leaves) and kind.label for kind in TYPES.values())
    assert all(any("一" <= char <= "鿿" for char in kind.label) for kind in TYPES.values())
    with pytest.raises(ValueError, match="not declared"), transaction.atomic():
        record(EntryType("test.stray", "私自登记", Leaves.NONE), installer())
    with pytest.raises(ValueError, match="twice"):
        declare("test.seen", "又一次", Leaves.NONE)
