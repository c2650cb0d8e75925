"""Django's PostgreSQL, and with the statement that follows a change what the wall lets through (`base.wall`).

A connection outlives a request, and a transaction that is rolled back takes the setting back with it. Therefore nobody
sets it at a beginning or resets it at an end: each statement is preceded by the setting unless the connection is known
to have it. It goes in the same message as the statement, so that it costs no round trip.
"""

from __future__ import annotations

from typing import Any, Self

from django.db.backends.postgresql import base
from psycopg import ClientCursor
from psycopg.pq import TransactionStatus

from liangshi.foundation.base import wall


class Cursor(ClientCursor[Any]):
    """Says first what its connection has not been told yet. Without an owner it is the connection's own."""

    owner: DatabaseWrapper | None = None

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        owner = self.owner
        if owner and not isinstance(query, str):
            owner.tell()  # composed by psycopg: nothing can go before it in one message
        wanted = owner.untold() if owner else None
        if owner is None or wanted is None:
            return super().execute(query, params, **options)
        owner.told = None
        super().execute(f"{telling(wanted)}; {query}", params, **options)
        self.nextset()
        owner.told = wanted
        return self

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        if self.owner:
            self.owner.tell()
        super().executemany(query, params_seq, **options)

    def copy(self, *args: Any, **options: Any) -> Any:
        if self.owner:
            self.owner.tell()
        return super().copy(*args, **options)

    def stream(self, *args: Any, **options: Any) -> Any:
        if self.owner:
            self.owner.tell()
        return super().stream(*args, **options)


def telling(reach: str) -> str:
    """The statement. What it says is made of keys and of our own words."""
    return f"SELECT set_config('liangshi.reach', '{reach}', false)"


class DatabaseWrapper(base.DatabaseWrapper):
    """`told` is what the connection's policies read now; None where that is not known."""

    told: str | None = None

    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"cursor_factory": Cursor}

    def init_connection_state(self) -> None:
        self.told = None
        super().init_connection_state()
        # Compiling a plan takes seconds and saves milliseconds: the wall's many small conditions add up to it.
        self.connection.execute("SET jit = off")
        self.tell()

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        if name:
            self.tell()
        else:
            cursor.owner = self
        return cursor

    def untold(self) -> str | None:
        """What the connection must be told before it is asked. In a broken transaction nothing is asked any more."""
        wanted = wall.reach()
        broken = self.connection.info.transaction_status == TransactionStatus.INERROR
        return None if broken or wanted == self.told else wanted

    def tell(self) -> None:
        """In a message of its own: a new connection, or what cannot go in one message with another statement."""
        if (wanted := self.untold()) is not None:
            self.connection.execute(telling(wanted))
            self.told = wanted

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self.told = None

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self.told = None
