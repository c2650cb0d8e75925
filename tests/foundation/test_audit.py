"""The log only grows, and any tampering shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from bench._tampering import KINDS, run
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import pre_migrate
from django.test.utils import override_settings

from liangshi.foundation.audit import heads, queries, signing, storage, tasks
from liangshi.foundation.audit.actions import Machine, erase, record
from liangshi.foundation.audit.audit import ERASED
from liangshi.foundation.audit.hashing import canonical, detail_digest, link
from liangshi.foundation.audit.models import Chain, Entry
from liangshi.foundation.audit.queries import Break, verify, verify_all
from liangshi.foundation.audit.triggers import FROZEN, GUARDS
from liangshi.foundation.audit.types import TYPES, EntryType, Leaves, declare
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.schedule import DAILY
from liangshi.foundation.base.triggers import build, missing
from liangshi.registry.mentorships.triggers import GUARDS as OF_RELATIONS
from tests.cast import installer

SEEN = declare("test.seen", "打开测试页", Leaves.DETAIL, read=True)
COUNTED = declare("test.counted", "看测试数字", Leaves.NONE, read=True)
CHAIN = "11111111-1111-7111-8111-111111111111"
OTHER = "22222222-2222-7222-8222-222222222222"

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def write(count: int, chain: str = CHAIN) -> None:
    with transaction.atomic():
        for n in range(count):
            record(SEEN, installer(), chain=chain, subjects=[uuid4()], note=f"第 {n} 次")


def entry(seq: int, chain: str = CHAIN) -> Entry:
    return Entry.objects.get(chain=chain, seq=seq)


def sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def told(*words: str) -> str:
    """What `audit verify` says, be it good or bad."""
    out = StringIO()
    try:
        call_command("audit_verify", *words, stdout=out, stderr=out)
    except CommandError as refusal:
        return f"{out.getvalue()}{refusal}"
    return out.getvalue()


@pytest.fixture
def unguarded() -> None:
    """Somebody with the database's password has taken the refusal away (until the test is over)."""
    for guard in GUARDS.values():
        guard.remove()


def at_once(chain: str) -> None:
    """Hash a chain again as the program does, and sign it with the true key: what a thief of the machine can do."""
    previous = "0" * 64
    for row in Entry.objects.filter(chain=chain).order_by("seq"):
        row.previous = previous
        row.hash = previous = link(row)
        Entry.objects.filter(pk=row.pk).update(previous=row.previous, hash=row.hash)
    length = Entry.objects.filter(chain=chain).count()
    signature = signing.sign("head", chain, length, previous)
    Chain.objects.filter(pk=chain).update(length=length, head=previous, signature=signature)


# It holds, and any change shows -------------------------------------------------------------------------------


def test_a_chain_holds_and_schools_have_chains_of_their_own() -> None:
    write(5)
    write(3, chain="city")
    assert verify_all() == {CHAIN: (5, None), "city": (3, None)}
    assert "2 条链，共 8 条记录" in told()
    assert "末尾有没有被截断看不出来" in told()


def test_hundreds_of_random_tamperings_are_all_found() -> None:
    """Ten thousand of them: `liangshi bench tampering`."""
    outcome = run(225, seed=7)
    assert outcome.missed == []
    assert outcome.done == dict.fromkeys(KINDS, 25)


CHANGES: dict[str, Callable[[Any], Any]] = {
    "UUIDField": lambda _: uuid4(),
    "DateTimeField": lambda at: at + dt.timedelta(microseconds=1),
    "PositiveBigIntegerField": lambda number: number + 1,
    "JSONField": lambda detail: {**detail, "more": 1},
}


@pytest.mark.parametrize("name", [field.name for field in Entry._meta.concrete_fields])
def test_every_column_of_an_entry_is_bound(name: str, unguarded: None) -> None:
    write(3)
    row = entry(3)
    kind = Entry._meta.get_field(name).get_internal_type()
    value = CHANGES.get(kind, lambda text: f"{text}1"[-len(text) or None :])(getattr(row, name))
    Entry.objects.filter(pk=row.pk).update(**{name: value})
    breaks = [broken for _, broken in verify_all().values() if broken]
    assert Break(CHAIN, 3, breaks[-1].what) in breaks


def test_what_moves_from_one_column_into_the_next_is_found(unguarded: None) -> None:
    with transaction.atomic():
        record(SEEN, Machine("王老师", hat_label="办公室"), chain=CHAIN)
    Entry.objects.update(actor="王老师办", hat="公室")
    assert verify(CHAIN)[1]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET actor = CAST(CAST(actor AS BLOB) AS BLOB) WHERE seq = 2",
        "UPDATE audit_entry SET actor = CAST(x'61ff62' AS TEXT) WHERE seq = 2",
        "UPDATE audit_entry SET salt = CAST(salt AS BLOB) WHERE seq = 2",
        "UPDATE audit_entry SET detail = replace(detail, '{', '{\"note\":\"别的\",') WHERE seq = 2",
        "UPDATE audit_entry SET detail = detail || ' ' WHERE seq = 2",
        "UPDATE audit_entry SET at = at || ' ' WHERE seq = 2",
    ]
    if connection.vendor == "sqlite"
    else ["UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE seq = 2"],
)
def test_what_only_the_database_sees_is_found(change: str, unguarded: None) -> None:
    """SQLite compares texts as they lie there, and finds the first of two equal keys where Python finds the last."""
    write(3)
    sql(change)
    count, broken = verify(CHAIN)
    assert (count, broken and broken.seq) == (1, 2)


def test_chains_that_hang_are_found(unguarded: None) -> None:
    write(2)
    write(2, OTHER)
    sql("DELETE FROM audit_chain WHERE key = %s", CHAIN)
    sql("DELETE FROM audit_entry WHERE chain = %s", OTHER)
    said = told()
    assert f"链 {CHAIN} 第 3 条" in said
    assert f"链 {OTHER} 第 1 条：没有一条能读的记录" in said
    assert "2 条链中 2 条断了" in said


def test_a_gap_in_the_numbers_is_found_whatever_was_signed(unguarded: None) -> None:
    write(3)
    sql("DELETE FROM audit_entry WHERE seq = 2")
    at_once(CHAIN)
    head = Chain.objects.get().head
    Chain.objects.update(length=3, signature=signing.sign("head", CHAIN, 3, head))
    assert verify(CHAIN) == (1, Break(CHAIN, 2, "缺少一条或多出一条"))


def test_all_broken_chains_are_said(unguarded: None) -> None:
    for chain in (CHAIN, OTHER, "city"):
        write(3, chain)
    Entry.objects.filter(chain__in=[CHAIN, OTHER], seq=2).update(hat="别的")
    said = told()
    assert f"链 {CHAIN} 第 2 条：内容或次序被改动" in said
    assert f"链 {OTHER} 第 2 条：内容或次序被改动" in said
    assert "3 条链中 2 条断了" in said


def test_the_end_is_signed_with_a_key_that_the_database_does_not_hold(unguarded: None) -> None:
    """Whoever has the database and the program's code still adds and rewrites nothing."""
    write(3)
    with override_settings(AUDIT_KEY="another key, outside this database"):
        write(1)
    assert verify(CHAIN) == (4, Break(CHAIN, 4, "链头不是用操作记录的密钥签的"))
    Entry.objects.filter(seq=2).update(actor="别人")
    before = Chain.objects.get().signature
    at_once(CHAIN)
    assert verify(CHAIN) == (4, None)  # the thief of the machine; heads are kept against him
    Chain.objects.update(signature=before)
    assert verify(CHAIN)[1]


# An erased detail ----------------------------------------------------------------------------------------------


def test_an_emptied_detail_is_found(unguarded: None) -> None:
    write(3)
    Entry.objects.filter(seq=2).update(detail={})
    assert verify(CHAIN) == (1, Break(CHAIN, 2, "明细被改动"))
    Entry.objects.filter(seq=2).update(salt="")
    assert verify(CHAIN) == (3, Break(CHAIN, 2, "明细被清空，却没有签过名的清除记录"))


def test_an_erased_detail_leaves_the_chain_whole_and_an_entry() -> None:
    write(3)
    row = entry(2)
    erase(row, Machine("保存期限"), "保存期满")
    after, said = entry(2), entry(4)
    assert (after.detail, after.salt) == ({}, "")
    assert (after.detail_digest, after.hash, after.subject) == (row.detail_digest, row.hash, row.subject)
    assert (said.type, said.object, said.actor, said.subject) == (ERASED.code, row.pk.hex, "保存期限", "")
    assert said.detail["digest"] == row.detail_digest
    assert said.detail["reason"] == "保存期满"
    assert verify(CHAIN) == (4, None)
    assert "操作记录完好" in told()


def test_a_digest_that_stays_does_not_tell_what_was_erased() -> None:
    """Not even to whoever tries out all details that there could be."""
    with transaction.atomic():
        record(SEEN, installer(), chain=CHAIN, answer="否")
        record(SEEN, installer(), chain=CHAIN, answer="否")
    one, other = entry(1), entry(2)
    assert one.detail_digest != other.detail_digest
    assert len(bytes.fromhex(one.salt)) == 16
    erase(one, Machine("保存期限"), "保存期满")
    left = {str(value) for row in Entry.objects.values() for value in row.values() if one.salt in str(value)}
    assert left == set()
    for salt in ("", one.pk.hex, str(one.pk), other.salt):
        assert detail_digest(salt, canonical({"answer": "否"}).decode()) != one.detail_digest
    assert hashlib.sha256(one.pk.bytes + canonical({"answer": "否"})).hexdigest() != one.detail_digest


def test_what_may_not_be_erased_is_refused(unguarded: None) -> None:
    write(3)
    with transaction.atomic():
        record(COUNTED, installer(), chain=CHAIN, number=3)
    erase(entry(1), Machine("保存期限"), "保存期满")
    Entry.objects.filter(seq=2).update(detail={"note": "没有的事"})
    for seq, code in ((1, "erased"), (2, "tampered"), (4, "not_erasable"), (5, "not_erasable")):
        with pytest.raises(DomainError) as refusal:
            erase(entry(seq), Machine("保存期限"), "保存期满")
        assert refusal.value.code == code
    assert Entry.objects.filter(type=ERASED.code).count() == 1


def test_an_erasure_that_fails_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    write(1)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("liangshi.foundation.audit.actions.record", fails)
    with pytest.raises(RuntimeError):
        erase(entry(1), Machine("保存期限"), "保存期满")
    assert entry(1).detail == {"note": "第 0 次"}


FALSE = "清除明细的记录不真：签名或它所指的记录不对"


@pytest.mark.parametrize("name", ["entry", "seq", "digest", "reason", "signature"])
def test_an_erasure_says_exactly_what_was_signed(name: str, unguarded: None) -> None:
    """Also under the log's own key: it is the erasure that must be signed, and not the chain alone."""
    write(3)
    erase(entry(2), Machine("保存期限"), "保存期满")
    row = entry(4)
    row.detail[name] = 3 if name == "seq" else f"0{row.detail[name]}"
    digest = detail_digest(row.salt, canonical(row.detail).decode())
    Entry.objects.filter(pk=row.pk).update(detail=row.detail, detail_digest=digest)
    at_once(CHAIN)
    assert verify(CHAIN) == (3, Break(CHAIN, 4, FALSE))


def test_an_erasure_is_of_one_entry_of_its_own_chain(unguarded: None) -> None:
    for chain in (CHAIN, OTHER):
        write(2, chain)
    erase(entry(1), Machine("保存期限"), "保存期满")
    said = entry(3).detail
    Entry.objects.filter(chain=OTHER, seq=1).update(detail={}, salt="")
    with transaction.atomic():
        record(ERASED, Machine("别人"), chain=OTHER, **said)
    assert verify(OTHER) == (2, Break(OTHER, 3, FALSE))


def test_an_erased_detail_that_comes_back_is_found(unguarded: None) -> None:
    write(2)
    row = entry(1)
    erase(row, Machine("保存期限"), "保存期满")
    Entry.objects.filter(pk=row.pk).update(detail=row.detail, salt=row.salt)
    assert verify(CHAIN) == (2, Break(CHAIN, 3, FALSE))


@pytest.mark.parametrize("detail", [[], "text", {}, {"entry": {}}])
def test_an_erasure_of_any_shape_is_looked_at(detail: Any, unguarded: None) -> None:
    write(2)
    with transaction.atomic():
        record(ERASED, Machine("别人"), chain=CHAIN)
    row = entry(3)
    digest = detail_digest(row.salt, canonical(detail).decode())
    Entry.objects.filter(pk=row.pk).update(detail=detail, detail_digest=digest)
    at_once(CHAIN)
    assert verify(CHAIN)[1] == Break(CHAIN, 3, FALSE)


# Heads that were kept --------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Heads of two chains, of three days, in one file."""
    file = tmp_path / "kept" / "heads.txt"
    for _ in range(3):
        write(2)
        write(2, OTHER)
        heads.append(file, heads.present())
    return file


def test_heads_are_printed_and_added_to_a_file(tmp_path: Path) -> None:
    write(2)
    out, file = StringIO(), tmp_path / "heads.txt"
    file.write_text("before\n")
    call_command("audit_heads", "--append", str(file), stdout=out)
    said = json.loads(out.getvalue())
    assert file.read_text() == f"before\n{out.getvalue()}"
    assert (said["chain"], said["length"], said["head"]) == (CHAIN, 2, entry(2).hash)
    assert said["key"] == signing.public_key()
    assert dt.datetime.fromisoformat(said["at"]).tzinfo
    assert len(bytes.fromhex(said["signature"])) == 64


def test_kept_heads_of_many_days_agree(kept: Path) -> None:
    write(1)
    assert "与留存的 6 个链头相符" in told("--heads", str(kept))
    assert "与留存的 6 个链头相符" in told("--heads", str(kept.parent))


def test_a_log_that_was_cut_off_is_found(kept: Path, unguarded: None) -> None:
    """Under a head that was genuine then."""
    sql("DELETE FROM audit_entry WHERE chain = %s AND seq > 4", CHAIN)
    at_once(CHAIN)
    assert "操作记录完好" in told_of_the_chains()
    assert f"链 {CHAIN} 第 5 条：末尾被截断：留存的链头到第 6 条" in told("--heads", str(kept))


def told_of_the_chains() -> str:
    """Without heads, and with the triggers up again."""
    build(GUARDS)
    return told()


def test_a_log_that_was_rewritten_is_found_with_the_first_head_that_differs(
    kept: Path, unguarded: None
) -> None:
    Entry.objects.filter(chain=CHAIN, seq=3).update(actor="别人")
    at_once(CHAIN)
    assert "操作记录完好" in told_of_the_chains()
    assert "第 4 条：与留存的链头不符：第 3 到 4 条里有被重写的" in told("--heads", str(kept))


def test_a_log_that_was_rewritten_and_goes_on_is_found(kept: Path, unguarded: None) -> None:
    Entry.objects.filter(chain=CHAIN, seq=6).update(actor="别人")
    at_once(CHAIN)
    write(3)
    assert "第 6 条：与留存的链头不符：第 5 到 6 条里有被重写的" in told("--heads", str(kept))


def test_a_chain_that_vanished_is_found(kept: Path, unguarded: None) -> None:
    sql("DELETE FROM audit_entry WHERE chain = %s", CHAIN)
    sql("DELETE FROM audit_chain WHERE key = %s", CHAIN)
    assert "操作记录完好：1 条链" in told_of_the_chains()
    assert f"链 {CHAIN} 第 1 条：整条链不见了" in told("--heads", str(kept))


def test_two_kept_heads_that_contradict_each_other_are_found(kept: Path, unguarded: None) -> None:
    """Whichever of them the log agrees with."""
    Entry.objects.filter(chain=CHAIN, seq=6).update(actor="别人")
    at_once(CHAIN)
    heads.append(kept, heads.present())
    assert "第 6 条：与留存的链头不符" in told("--heads", str(kept))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda said: {**said, "length": said["length"] - 1}, "签名不对"),
        (lambda said: {**said, "head": "0" * 64}, "签名不对"),
        (lambda said: {**said, "chain": OTHER[::-1]}, "签名不对"),
        (lambda said: {**said, "at": "2020-01-01T00:00:00+00:00"}, "签名不对"),
        (lambda said: {**said, "signature": "zz"}, "签名不对"),
        (lambda said: {**said, "chain": "\ud800"}, "签名不对"),
        (lambda said: {**said, "key": "0" * 64}, "不是用这里的密钥签的"),
        (lambda said: {**said, "length": str(said["length"])}, "读不懂"),
        (lambda said: {**said, "more": 1}, "读不懂"),
        (lambda said: {"chain": said["chain"]}, "读不懂"),
        (lambda said: [said], "读不懂"),
    ],
)
def test_a_line_that_is_not_true_is_said(
    tmp_path: Path, change: Callable[[dict[str, Any]], Any], says: str
) -> None:
    write(2)
    true = heads.present()[0]
    file = tmp_path / "heads.txt"
    file.write_text(f"{true}\n{json.dumps(change(json.loads(true)))}")
    kept, problems = heads.read([file], {signing.public_key()})
    assert kept == {CHAIN: {2: {entry(2).hash}}}
    assert [each.startswith(f"{file} 第 2 行{says}") for each in problems] == [True]


def test_a_line_of_another_kind_is_said_and_a_blank_one_is_none(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes() + b"\n\n\xff no JSON\n" + b"[" * 9000)
    said = told("--heads", str(kept))
    assert f"{kept} 第 9 行读不懂" in said
    assert f"{kept} 第 10 行读不懂" in said
    assert "有 2 处不符" in said


def test_a_head_under_another_key_counts_where_that_key_is_named(kept: Path, unguarded: None) -> None:
    with override_settings(AUDIT_KEY="another key, outside this database"):
        assert "不是用这里的密钥签的" in told("--heads", str(kept))
    old = signing.public_key()
    with override_settings(AUDIT_KEY="another key, outside this database"):
        build(GUARDS)
        assert "与留存的 6 个链头相符" in told("--heads", str(kept), "--key", old)


def test_a_signature_for_one_purpose_serves_no_other() -> None:
    write(1)
    row = Chain.objects.get()
    assert signing.signed([signing.public_key()], row.signature, "head", row.key, row.length, row.head)
    assert not signing.signed([signing.public_key()], row.signature, "kept", row.key, row.length, row.head)


def test_a_file_without_heads_is_refused(tmp_path: Path) -> None:
    write(1)
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    for name in ("absent", "empty", "folder"):
        said = told("--heads", str(tmp_path / name))
        assert str(tmp_path / name) in said
        assert "操作记录完好" not in said


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    write(1)
    with pytest.raises(CommandError, match="写不进去"):
        call_command("audit_heads", "--append", str(tmp_path), stdout=StringIO())


def test_the_worker_keeps_the_heads_of_each_day_by_the_month(settings: Any, tmp_path: Path) -> None:
    settings.AUDIT_HEADS = tmp_path / "heads"
    job = DAILY["liangshi.foundation.audit.tasks.keep_heads"]
    assert job is tasks.keep_heads
    job()
    assert not settings.AUDIT_HEADS.exists()  # nothing has happened yet
    for day in (30, 31, 32):
        with time_machine.travel(dt.datetime(2027, 1, 1, 4, tzinfo=dt.UTC) + dt.timedelta(days=day - 1)):
            write(1)
            job()
    files = {file.name: len(file.read_text().splitlines()) for file in settings.AUDIT_HEADS.iterdir()}
    assert files == {"2027-01.jsonl": 2, "2027-02.jsonl": 1}
    assert settings.AUDIT_HEADS.stat().st_mode & 0o077 == 0
    assert "与留存的 3 个链头相符" in told("--heads", str(settings.AUDIT_HEADS))


# The database refuses -----------------------------------------------------------------------------------------

ENTRY_COLUMNS = ", ".join(f'"{field.column}"' for field in Entry._meta.concrete_fields)
OTHER_ID = ENTRY_COLUMNS.replace('"id"', "'0'")
OTHERS = OTHER_ID.replace('"seq"', "seq + 1")  # but for the row's own number
REFUSED = {
    "sqlite": [
        f"INSERT OR REPLACE INTO audit_entry ({ENTRY_COLUMNS}) SELECT {ENTRY_COLUMNS} FROM audit_entry WHERE seq = 1",
        f"INSERT OR REPLACE INTO audit_entry ({ENTRY_COLUMNS}) SELECT {OTHER_ID} FROM audit_entry WHERE seq = 1",
        f"INSERT OR REPLACE INTO audit_entry (rowid, {ENTRY_COLUMNS}) SELECT rowid, {OTHERS} FROM audit_entry WHERE seq = 2",
        "UPDATE OR REPLACE audit_entry SET seq = 1 WHERE seq = 2",
        "UPDATE OR REPLACE audit_entry SET rowid = 1 WHERE seq = 2",
        "INSERT OR REPLACE INTO audit_chain SELECT * FROM audit_chain",
        "INSERT OR REPLACE INTO audit_chain (rowid, key, length, head, signature) SELECT rowid, 'x', 0, '', '' FROM audit_chain",
        "UPDATE OR REPLACE audit_chain SET rowid = 5",
    ],
    "postgresql": [
        "TRUNCATE audit_entry",
        "TRUNCATE audit_chain",
        "TRUNCATE audit_chain, audit_entry CASCADE",
    ],
}
BOTH = [
    *(f'UPDATE audit_entry SET "{name}" = "{name}"' for name in FROZEN),
    "UPDATE audit_entry SET detail = '{\"a\":1}'",
    "UPDATE audit_entry SET detail = '{}'",
    "UPDATE audit_entry SET salt = ''",
    "UPDATE audit_entry SET detail = '{}', salt = '', actor = ''",
    "UPDATE audit_entry SET detail = '{}', salt = 'a'",
    f"INSERT INTO audit_entry ({ENTRY_COLUMNS}) SELECT {ENTRY_COLUMNS} FROM audit_entry WHERE seq = 1"
    " ON CONFLICT (id) DO UPDATE SET actor = ''",
    "DELETE FROM audit_entry WHERE seq = 2",
    "DELETE FROM audit_chain",
    "UPDATE audit_chain SET key = 'x'",
    "UPDATE audit_chain SET length = 1",
    "UPDATE audit_chain SET length = length",
    "UPDATE audit_chain SET signature = ''",
    "UPDATE audit_chain SET head = ''",
    "UPDATE audit_chain SET length = 9, head = ''",
    "UPDATE audit_chain SET length = 9",
    "INSERT INTO audit_chain (key, length, head, signature) SELECT key, 0, '', '' FROM audit_chain"
    " WHERE true ON CONFLICT (key) DO UPDATE SET length = 0",
]


@pytest.mark.parametrize("statement", BOTH + REFUSED[connection.vendor])
def test_the_database_refuses(statement: str) -> None:
    if connection.vendor == "sqlite":
        sql("PRAGMA recursive_triggers = OFF")  # as it is for whoever comes with another program
    write(2)
    before = verify_all(), Entry.objects.count(), entry(1).detail
    with pytest.raises(DatabaseError, match=r"audit entries|head of a chain"), transaction.atomic():
        sql(statement)
    assert (verify_all(), Entry.objects.count(), entry(1).detail) == before
    if connection.vendor == "sqlite":
        sql("PRAGMA recursive_triggers = ON")


def test_a_row_in_python_is_not_changed_either() -> None:
    write(1)
    with pytest.raises(TypeError):
        entry(1).save()
    with pytest.raises(TypeError):
        entry(1).delete()


def test_an_erased_entry_is_not_changed_any_more() -> None:
    write(1)
    erase(entry(1), Machine("保存期限"), "保存期满")
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("UPDATE audit_entry SET detail = '{}', salt = '' WHERE seq = 1")


def test_sqlite_asks_what_a_replacement_throws_out() -> None:
    """A second bar, where the first trigger is gone."""
    write(2)
    if connection.vendor == "sqlite":
        sql("DROP TRIGGER audit_entry_once")
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            sql(f"INSERT OR REPLACE INTO audit_entry ({ENTRY_COLUMNS}) SELECT {OTHER_ID} FROM audit_entry")


@pytest.mark.parametrize(("room", "stands"), [("audit", True), ("mentorships", False)])
def test_the_log_stays_guarded_while_something_is_migrated(room: str, *, stands: bool) -> None:
    """Only triggers that speak of other tables stand aside."""
    held = {"audit": GUARDS, "mentorships": OF_RELATIONS}[room]
    pre_migrate.send(apps.get_app_config(room), using="default", plan=["a migration"])
    assert (missing(held) == []) is stands
    build(held)


@pytest.mark.parametrize("table", list(GUARDS))
def test_nothing_starts_without_the_triggers_and_migrating_puts_them_up(table: str) -> None:
    write(1)
    GUARDS[table].remove()
    for command in ("check", "worker"):
        with pytest.raises((CommandError, DomainError), match=f"{table} 少了不许改动的触发器"):
            call_command(command)
    assert f"{table} 少了不许改动的触发器" in told()
    build(GUARDS)
    assert missing(GUARDS) == []
    assert "操作记录完好" in told()


def test_a_trigger_that_was_weakened_is_missed() -> None:
    if connection.vendor == "postgresql":
        sql("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_kept")
        sql(
            "CREATE OR REPLACE FUNCTION audit_chain_refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$"
        )
    else:
        sql("DROP TRIGGER audit_entry_kept")
        sql("CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry WHEN 0 BEGIN SELECT 1; END")
        sql("CREATE TRIGGER audit_chain_more AFTER UPDATE ON audit_chain BEGIN SELECT 1; END")
    assert missing(GUARDS) == ["audit_entry", "audit_chain"]


# Everything else ---------------------------------------------------------------------------------------------


def test_an_entry_belongs_to_the_transaction_of_the_deed() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record(SEEN, installer(), chain=CHAIN)
        raise RuntimeError("the deed failed")
    assert not Entry.objects.filter(chain=CHAIN).exists()
    assert not Chain.objects.filter(key=CHAIN, length__gt=0).exists()


def test_an_entry_is_not_added_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "liangshi.foundation.audit.actions.connection", SimpleNamespace(in_atomic_block=False)
    )
    with pytest.raises(transaction.TransactionManagementError, match="the transaction of the deed"):
        record(SEEN, installer(), chain=CHAIN)


def test_entries_and_head_are_read_in_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is added while somebody walks does not look like a break."""
    write(3)
    lines = storage.lines

    def meanwhile(chain: str) -> Any:
        held = list(lines(chain))
        write(2)
        return iter(held)

    monkeypatch.setattr(queries.storage, "lines", meanwhile)
    assert verify(CHAIN) == (3, None)


def test_entries_of_before_are_hashed_anew_and_back() -> None:
    """The migration's own functions, on the rows of today."""
    bound = import_module("liangshi.foundation.audit.migrations.0003_bound")
    write(4)
    write(2, OTHER)
    bound.take_down(None, None)
    bound.hash_as_before(apps, None)
    assert verify(CHAIN)[1]
    Entry.objects.update(salt="")
    bound.hash_anew(apps, None)
    build(GUARDS)
    assert "2 条链，共 6 条记录" in told()
    assert missing(GUARDS) == []


@pytest.mark.parametrize(
    ("seq", "change"), [(2, {"actor": "别人"}), (2, {"detail": {}}), (4, {"seq": 9})], ids=str
)
def test_a_chain_that_was_broken_before_is_not_hashed_anew(seq: int, change: dict[str, Any]) -> None:
    bound = import_module("liangshi.foundation.audit.migrations.0003_bound")
    write(4)
    bound.take_down(None, None)
    bound.hash_as_before(apps, None)
    Entry.objects.filter(seq=seq).update(**change)
    with pytest.raises(DomainError, match=f"第 {seq} 条断了"):
        bound.hash_anew(apps, None)


def test_every_type_has_a_label_and_says_how_personal_data_leaves_it() -> None:
    assert all(isinstance(kind.leaves, Leaves) and kind.label for kind in TYPES.values())
    assert all(any("一" <= char <= "鿿" for char in kind.label) for kind in TYPES.values())
    with pytest.raises(ValueError, match="not declared"), transaction.atomic():
        record(EntryType("test.stray", "私自登记", Leaves.NONE), installer())
    with pytest.raises(ValueError, match="twice"):
        declare("test.seen", "又一次", Leaves.NONE)
