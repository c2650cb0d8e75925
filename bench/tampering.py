"""``liangshi bench tampering``: 10,000 random tamperings with the audit log, on a database whose triggers are gone.
`verify`, with the heads that were kept at the end, must find every one; exit code 0 only then.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING

from liangshi.config import env

if TYPE_CHECKING:
    from bench._tampering import Outcome


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="liangshi bench tampering", description="随机篡改操作记录，看核对能否全部发现"
    )
    parser.add_argument("--number", type=int, default=10_000, help="篡改多少次（默认 10000）")
    parser.add_argument("--seed", type=int, default=1, help="种子")
    parser.add_argument("--database", default="", help="一个空的数据库（默认在 build/ 下用 SQLite）")
    return parser.parse_args(words)


def _start(url: str) -> None:
    """Django on that database, or on a fresh SQLite file."""
    home = env.ROOT / "build" / "bench"
    home.mkdir(parents=True, exist_ok=True)
    file = home / "tampering.sqlite3"
    if not url:
        for ending in ("", "-wal", "-shm"):
            file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
    os.environ |= {"LIANGSHI_DATABASE": url or f"sqlite://{file}", "LIANGSHI_HOME": str(home)}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liangshi.config.settings")
    import django

    django.setup()


def main(words: list[str]) -> int:
    options = _arguments(words)
    _start(options.database)
    from django.core.management import call_command
    from django.db import transaction

    from bench._tampering import run
    from liangshi.foundation.base.wall import program

    with program("measuring"):
        call_command("migrate", verbosity=0)
        began = time.monotonic()
        with transaction.atomic():
            outcome = run(options.number, options.seed)
            transaction.set_rollback(True)
    _print(outcome, options.seed, time.monotonic() - began)
    return 1 if outcome.missed else 0


def _print(outcome: Outcome, seed: int, seconds: float) -> None:
    print(f"{'kind':<14}{'done':>8}{'found':>8}{'missed':>8}")
    for kind, done in outcome.done.items():
        print(f"{kind:<14}{done:>8,}{outcome.found[kind]:>8,}{done - outcome.found[kind]:>8,}")
    done, found = outcome.done.total(), outcome.found.total()
    print(f"{'all':<14}{done:>8,}{found:>8,}{done - found:>8,}")
    print(f"seed {seed}, {seconds:.0f} s, {seconds / max(done, 1) * 1e3:.1f} ms each")
    for each in outcome.missed[:20]:
        print(f"missed: {each}")
