"""A `Book` in memory, with a clock that is turned by hand: what the rules of the limits are tried with."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from liangshi.registry.accounts.choices import Door
from liangshi.registry.accounts.limits import DAY, HOUSE, MONTH, Reach, Try, judge, standing

START = dt.datetime(2026, 9, 1, 7, 30, tzinfo=dt.UTC)


class Tried:
    """What has failed, and who has come in: (login, address) with the time."""

    def __init__(self) -> None:
        self.at = START
        self.accounts: dict[tuple[Door, str, str], list[dt.datetime]] = defaultdict(list)
        self.crowds: dict[tuple[Reach, Door, str], list[dt.datetime]] = defaultdict(list)
        self.passwords: dict[tuple[Door, int | None], list[tuple[str, dt.datetime]]] = defaultdict(list)
        self.failures: list[tuple[Try, dt.datetime]] = []
        self.came: list[tuple[dt.datetime, str, str]] = []
        self.strangers_a_day = 0  # people elsewhere who come in somewhere new, each day

    def _lately(self, held: list[dt.datetime], span: dt.timedelta) -> list[dt.datetime]:
        return held[bisect_right(held, self.at - span) :]

    def at_account(self, each: Try) -> Sequence[dt.datetime]:
        return self._lately(self.accounts[each.door, each.login, each.browser], MONTH)[::-1]

    def accounts_of(self, browser: str) -> int:
        since = self.at - DAY
        return len({each.login for each, when in self.failures if each.browser == browser and when > since})

    def with_password(self, each: Try) -> Sequence[dt.datetime]:
        last = dict(self.passwords[each.door, each.mark])  # of each account the newest
        return sorted(when for login, when in last.items() if login != each.login and when > self.at - MONTH)

    def by_strangers(self, reach: Reach, each: Try) -> Sequence[dt.datetime]:
        return self._lately(self.crowds[self._crowd(reach, each)], DAY)

    def newcomers(self, reach: Reach, each: Try) -> int:
        lately = [row for row in self.came if row[0] > self.at - DAY]
        if reach is Reach.ADDRESS:
            return len({login for _, login, address in lately if address == each.address})
        if reach is Reach.SCHOOL:
            return len({login for _, login, _ in lately if login.startswith(each.place)})
        return len({login for _, login, _ in lately}) + self.strangers_a_day

    def familiar(self, each: Try) -> bool:
        here = {
            login for when, login, address in self.came if address == each.address and when > self.at - MONTH
        }
        return each.login in here or len(here) >= HOUSE

    def _crowd(self, reach: Reach, each: Try) -> tuple[Reach, Door, str]:
        return reach, each.door, str(getattr(each, reach.value)) if reach.value else ""

    # What happens at the door.

    def knock(self, each: Try, *, right: bool = False) -> dt.datetime | None:
        """Stopped until then; or it was tried, and opened or failed."""
        each = standing(each, self)
        until = judge(each, self, self.at)
        if until is None:
            self._open(each) if right else self._fail(each)
        return until

    def _fail(self, each: Try) -> None:
        self.failures.append((each, self.at))
        self.accounts[each.door, each.login, each.browser].append(self.at)
        if not each.browser:
            self.passwords[each.door, each.mark].append((each.login, self.at))
            for reach in Reach:
                self.crowds[self._crowd(reach, each)].append(self.at)

    def _open(self, each: Try) -> None:
        gone = [
            (old, when)
            for old, when in self.failures
            if (old.door, old.login, old.browser, old.address)
            == (each.door, each.login, each.browser, each.address)
        ]
        for old, when in gone:
            self.failures.remove((old, when))
            self.accounts[old.door, old.login, old.browser].remove(when)
            if not old.browser:
                self.passwords[old.door, old.mark].remove((old.login, when))
                for reach in Reach:
                    self.crowds[self._crowd(reach, old)].remove(when)
        if not each.browser:
            self.came.append((self.at, each.login, each.address))
