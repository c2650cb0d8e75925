"""A year, day by day: the day's jobs on most days, some deeds, and what must hold after each of them, each day and each
week. What does not hold is a finding."""

from __future__ import annotations

import datetime as dt
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.db import connection, transaction

from bench._year import deeds, recount, rounds
from bench._year.world import FIRST_DAY, Nothing, World, at, found, steady_keys
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.schedule import DAILY

WORKER_RUNS = 0.85  # of the days
MOST = 8  # deeds that are tried on a day, and one at least
WEEK = 7
READ, ALL_READ = 2, 8  # weeks after which agendas and pages are read: some, and those of all the staff
# These leave something behind on purpose: the request has gone back to the office.
LEAVES_A_MARK = frozenset({"place_gone", "cannot_take"})
LAST = 60  # lines of the log that are shown with a finding


@dataclass
class Outcome:
    """What one year was."""

    seed: int
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    days: int = 0

    @property
    def deeds(self) -> int:
        """Without the day's jobs."""
        return sum(number for name, number in self.done.items() if not name.startswith("daily."))


class Life:
    def __init__(self, world: World, outcome: Outcome, *, stop: bool, brief: bool) -> None:
        self.w, self.out, self.stop, self.brief = world, outcome, stop, brief
        self.running: list[tuple[int, Any]] = []  # (the day on which it goes on, the generator)
        self.day = self.weeks = 0
        self.before = recount.Books.now(world.school)

    def find(self, *said: str) -> None:
        for line in said:
            self.out.findings.append(f"{self.today}: {line}")
            self.out.log.append(f"!! {line}")

    @property
    def today(self) -> dt.date:
        return FIRST_DAY + dt.timedelta(self.day)

    @property
    def over(self) -> bool:
        return self.stop and bool(self.out.findings)

    def live(self, days: int) -> None:
        begins = rounds.plan_of(self.w)
        for self.day in range(days):
            self.w.clock.move_to(at(self.today, 7))
            self.running += [(self.day, each) for each in begins.get(self.day, ())]
            if self.w.chance(WORKER_RUNS):
                self._jobs()
            self._long_ones()
            for _ in range(self.w.dice.randint(1, MOST)):
                self._one(
                    self.w.dice.choices(list(deeds.KINDS), [kind.weight for kind in deeds.KINDS.values()])[0]
                )
                if self.over:
                    return
            self.out.days += 1
            self.find(*recount.each_day(self.w.school))
            last = self.day == days - 1
            if last or self.day % WEEK == WEEK - 1:
                self._week(last=last)
            if self.over:
                return

    def _week(self, *, last: bool) -> None:
        """The day's jobs run first: what they close is closed. Figures are counted each week, agendas and pages read every
        second, everybody's now and then and at the end; in a `brief` year at the end alone."""
        self._jobs()
        self.weeks += 1
        self.find(*recount.each_week(self.w))
        if last or (not self.brief and self.weeks % READ == 0):
            whole = not self.brief and (last or self.weeks % ALL_READ == 0)
            self.find(*recount.as_people_read(self.w, whole=whole))

    def _jobs(self) -> None:
        for name, job in DAILY.items():
            if name.endswith(".keep_heads"):
                continue  # it writes a file
            self.try_out(f"daily.{name.rpartition('.')[2]}", lambda _, job=job: job() or "", quiet=True)
        self._look("daily")

    def _one(self, name: str) -> None:
        self.try_out(name, deeds.KINDS[name].does, quiet=deeds.KINDS[name].quiet)

    def _long_ones(self) -> None:
        going = []
        for when, steps in self.running:
            if when > self.day:
                going.append((when, steps))
                continue
            answer: Any = None
            while True:
                try:
                    wanted = steps.send(answer)
                except StopIteration:
                    break
                if isinstance(wanted, int):
                    going.append((self.day + max(1, wanted), steps))
                    break
                answer = self.try_out(*wanted)
                if self.over:
                    return
        self.running = going

    def try_out(self, name: str, does: Callable[[World], str], *, quiet: bool = False) -> str:
        """Do it; returns the code of a refusal, "nothing", or "" where it was done."""
        self.w.clock.shift(dt.timedelta(minutes=3))
        kept = transaction.savepoint()
        written = _changes()
        try:
            said = does(self.w)
        except Nothing:
            transaction.savepoint_commit(kept)
            return "nothing"
        except DomainError as refusal:
            self.out.refused[f"{name} {refusal.code}"] += 1
            self.out.log.append(f"{self.today} {name} refused: {refusal.code}")
            if refusal.code not in LEAVES_A_MARK and _changes() != written:
                self._left_nothing(name, refusal.code, kept)
            else:
                transaction.savepoint_commit(kept)
                if refusal.code in LEAVES_A_MARK:
                    self._look(name)
            return refusal.code
        except Exception as problem:
            transaction.savepoint_rollback(kept)
            self.out.log.append(traceback.format_exc())
            self.find(f"{name} broke: {type(problem).__name__} {problem}")
            return "broke"
        transaction.savepoint_commit(kept)
        self.out.done[name] += 1
        if not name.startswith("daily."):
            self.out.log.append(f"{self.today} {name} {said}")
        if not quiet:
            self._look(name)
        return ""

    def _look(self, name: str) -> None:
        after = recount.Books.now(self.w.school, self.before.last)
        self.find(*(f"{name}: {each}" for each in recount.each_deed(name, self.before, after)))
        self.before = after

    def _left_nothing(self, name: str, code: str, kept: str) -> None:
        """It has written before it was refused: then all of that is gone again."""
        after = recount.fingerprint()
        transaction.savepoint_rollback(kept)
        if changed := recount.differing(after, recount.fingerprint()):
            self.find(f"{name} was refused ({code}) and changed {', '.join(changed)}")


def _changes() -> int:
    """How many rows have been written so far, undone or not; on PostgreSQL it is not known, and each is looked at."""
    if connection.vendor == "sqlite":
        return int(connection.connection.total_changes)
    return next(_COUNT)


_COUNT = iter(range(10**9))


def live(seed: int, days: int, *, each: int = 14, stop: bool = True, brief: bool = False) -> Outcome:
    """A year of this seed, in the present database and transaction. `each`: students of a class; `stop`: at the first
    finding; `brief`: agendas and pages are read at the end alone."""
    outcome = Outcome(seed)
    with time_machine.travel(at(FIRST_DAY, 6), tick=False) as clock, steady_keys():
        world = found(seed, clock, each=each)
        Life(world, outcome, stop=stop, brief=brief).live(days)
    return outcome


__all__ = ["LAST", "Outcome", "live"]
