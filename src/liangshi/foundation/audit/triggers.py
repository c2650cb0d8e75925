"""The database's own refusal to change the log, for SQLite and PostgreSQL: entries and heads are added, an erased
detail is emptied, a head moves on to an entry that is there. Nothing else, whatever the statement.

Whoever owns the tables can take them away: then the chain shows what he has changed.
"""

from __future__ import annotations

from liangshi.foundation.base.triggers import Triggers

ENTRY, CHAIN = "audit_entry", "audit_chain"
# All but `detail` and `salt`, which an erasure empties (see Entry).
FROZEN = (
    "id", "created_at", "chain", "seq", "at", "type", "account", "actor", "hat", "object", "subject",
    "detail_digest", "previous", "hash",
)  # fmt: skip
SAID = {ENTRY: "audit entries are never changed or deleted", CHAIN: "the head of a chain only moves on"}

# `rowid` is a key, too: REPLACE throws out the row that has it.
ERASURE = " AND ".join(
    ["OLD.salt <> ''", "NEW.salt = ''", "NEW.detail = '{}'", "NEW.rowid IS OLD.rowid"]
    + [f'NEW."{name}" IS OLD."{name}"' for name in FROZEN]
)
THERE = "e.chain = NEW.key AND e.seq = NEW.length AND e.hash = NEW.head"
LINKED = f"EXISTS (SELECT 1 FROM {ENTRY} e WHERE {THERE})"  # noqa: S608  our own names, here and below
MOVE = f'NEW.rowid IS OLD.rowid AND NEW."key" IS OLD."key" AND NEW.length > OLD.length AND {LINKED}'
SAME = "rowid = NEW.rowid OR id = NEW.id OR (chain = NEW.chain AND seq = NEW.seq)"
SAME_ENTRY = f"SELECT 1 FROM {ENTRY} WHERE {SAME}"  # noqa: S608
SAME_CHAIN = f'SELECT 1 FROM {CHAIN} WHERE rowid = NEW.rowid OR "key" = NEW."key"'  # noqa: S608


# On PostgreSQL a second row under one key is refused by the key itself; what INSERT … ON CONFLICT changes is an UPDATE.
BODY = """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {allowed} THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{said}';
END
"""
ALLOWED = {
    ENTRY: "OLD.salt <> '' AND NEW.salt = '' AND NEW.detail = '{}'::jsonb"
    " AND to_jsonb(NEW) - 'salt' - 'detail' = to_jsonb(OLD) - 'salt' - 'detail'",
    CHAIN: f"NEW.key = OLD.key AND NEW.length > OLD.length AND {LINKED}",
}
SQLITE = {
    ENTRY: {
        "once": f"INSERT ON {ENTRY} WHEN EXISTS ({SAME_ENTRY})",
        "frozen": f"UPDATE ON {ENTRY} WHEN NOT ({ERASURE})",
        "kept": f"DELETE ON {ENTRY}",
    },
    CHAIN: {
        "once": f"INSERT ON {CHAIN} WHEN EXISTS ({SAME_CHAIN})",
        "frozen": f"UPDATE ON {CHAIN} WHEN NOT ({MOVE})",
        "kept": f"DELETE ON {CHAIN}",
    },
}
GUARDS = {
    table: Triggers(
        table,
        says=SAID[table],
        sqlite=SQLITE[table],
        body=BODY.format(allowed=ALLOWED[table], said=SAID[table]),
        postgresql={"frozen": "UPDATE OR DELETE", "kept": "TRUNCATE"},
        columns=frozenset({"salt"}) if table == ENTRY else frozenset(),
    )
    for table in SAID
}
