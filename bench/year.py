"""`liangshi bench year`: random years of one school, day by day, through the actions behind the buttons, and a recount of
what must hold. Exit code 1 where something does not: with the seed, the day and the last deeds, so that it can be lived
again.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING

from liangshi.config import env

if TYPE_CHECKING:
    from bench._year.life import Outcome

DAYS = 303


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="liangshi bench year", description="随机过一所学校的一年，逐日核对")
    parser.add_argument("--days", type=int, default=DAYS, help=f"过多少天，从 9 月 1 日起（默认 {DAYS}）")
    parser.add_argument("--seed", type=int, default=1, help="种子")
    parser.add_argument("--seeds", default="", help="几个种子，如 1-20")
    parser.add_argument("--students", type=int, default=14, help="每班多少名学生（默认 14，共六个班）")
    parser.add_argument("--go-on", action="store_true", help="发现问题后继续过完这一年")
    parser.add_argument("--log", action="store_true", help="印出全部经过")
    parser.add_argument("--database", default="", help="一个空的数据库（默认在 build/ 下用 SQLite）")
    return parser.parse_args(words)


def _seeds(options: argparse.Namespace) -> list[int]:
    first, _, last = options.seeds.partition("-")
    return list(range(int(first), int(last or first) + 1)) if first else [options.seed]


def _start(url: str) -> None:
    """Django on that database, or on a SQLite file that stays empty, with a key that is always the same."""
    home = env.ROOT / "build" / "bench"
    home.mkdir(parents=True, exist_ok=True)
    url = url or os.environ.get("LIANGSHI_DATABASE", "")
    os.environ |= {
        "LIANGSHI_DATABASE": url or f"sqlite://{home / 'year.sqlite3'}",
        "LIANGSHI_HOME": str(home),
    }
    os.environ["LIANGSHI_SECRET_KEY"] = "a year that can be lived again, and is no secret to anybody at all"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liangshi.config.settings")
    import django

    django.setup()


def main(words: list[str]) -> int:
    options = _arguments(words)
    _start(options.database)
    from django.core.management import call_command
    from django.db import transaction

    from bench._year.life import live
    from liangshi.foundation.base.wall import program

    failed = False
    with program("a year is lived"):
        call_command("migrate", verbosity=0)
        for seed in _seeds(options):
            began = time.process_time()
            with transaction.atomic():
                outcome = live(seed, options.days, each=options.students, stop=not options.go_on)
                transaction.set_rollback(True)
            _print(outcome, time.process_time() - began, options)
            failed = failed or bool(outcome.findings)
    return 1 if failed else 0


def _print(outcome: Outcome, seconds: float, options: argparse.Namespace) -> None:
    from bench._year.life import LAST

    print(
        f"seed {outcome.seed}: {outcome.days} days, {outcome.deeds:,} deeds, {outcome.refused.total():,} refused, "
        f"{len(outcome.findings)} findings, {seconds:.0f} s"
    )
    print(f"  done     {_counted(outcome.done)}")
    print(f"  refused  {_counted(outcome.refused)}", flush=True)
    if options.log:
        print("\n".join(outcome.log))
    elif outcome.findings:
        print("\n".join(outcome.log[-LAST:]))
    for each in outcome.findings:
        print(f"  finding, seed {outcome.seed}: {each}", flush=True)


def _counted(counts: dict[str, int]) -> str:
    shown = {name: number for name, number in counts.items() if not name.startswith("daily.")}
    return ", ".join(f"{name} {number}" for name, number in sorted(shown.items(), key=lambda each: -each[1]))
