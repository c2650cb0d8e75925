"""How many wrong guesses the doors of the house allow: the rules, and what they make of what has been tried.

Nothing here knows the database or the time of day: `judge` asks a `Book`, and the tests give it one of their own.

- Only failures count. Who comes in takes away the failures at his account that came from the same address.
- A browser in which the account has been open before is known to it. It has a counter of its own; nothing that strangers
  do stops it, and it widens no limit for strangers.
- What holds for many (an address, a school, the city) grows with the people who come in for the first time: on the
  first day of term hundreds do, from one address, and one in ten mistypes.
- Together the rules leave a guesser, wherever he sits: 100 guesses a month at one account, and three accounts a month
  for one password.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from liangshi.registry.accounts.choices import Door

DAY = dt.timedelta(days=1)
MONTH = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Try:
    """What is about to be tried. `place` are the first four digits of the login, its school; `browser` is "" where the
    account does not know it; `mark` stands for the password, and is None for one that can be nobody's."""

    door: Door
    login: str
    place: str
    address: str
    browser: str = ""
    mark: int | None = None


class Reach(Enum):
    """Whose failures are looked at together."""

    ADDRESS = "address"
    SCHOOL = "place"
    CITY = ""


class Book(Protocol):
    """What has failed. Failures of strangers are those without a known browser."""

    def at_account(self, each: Try) -> Sequence[dt.datetime]:
        """Within a month at this account and door, by strangers or by this very browser; the newest first."""

    def accounts_of(self, browser: str) -> int:
        """At how many accounts that know it this browser has failed within a day, at whichever door."""

    def with_password(self, each: Try) -> Sequence[dt.datetime]:
        """Other accounts at which strangers failed with this password within a month: when last, the oldest first."""

    def by_strangers(self, reach: Reach, each: Try) -> Sequence[dt.datetime]:
        """All failures of strangers at this door within a day; the oldest first."""

    def newcomers(self, reach: Reach, each: Try) -> int:
        """How many people have come in within a day in a browser that was new to them."""

    def familiar(self, each: Try) -> bool:
        """Whether people live at this address: this account has been open there, or `HOUSE` others within a month."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """At one account: `free` failures a day cost nothing, from then on each costs the next pause; `most` a month."""

    free: int
    minutes: tuple[int, ...]
    most: int
    why: str

    def until(self, failed: Sequence[dt.datetime], at: dt.datetime) -> dt.datetime | None:
        """When the next may be tried; None: now."""
        if len(failed) >= self.most:
            return failed[self.most - 1] + MONTH
        today = sum(when > at - DAY for when in failed)
        if today < self.free:
            return None
        end = failed[0] + dt.timedelta(minutes=self.minutes[min(today - self.free, len(self.minutes) - 1)])
        return end if end > at else None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Failures of strangers within a day: `base`, and one more for every `per` people who come in for the first time."""

    reach: Reach
    base: int
    per: int
    doors: frozenset[Door]
    strange: bool  # holds only at addresses where nobody of ours lives
    why: str

    def until(self, book: Book, each: Try) -> dt.datetime | None:
        if each.door not in self.doors:
            return None
        failed = book.by_strangers(self.reach, each)
        if len(failed) < self.base:
            return None
        over = len(failed) - self.base - book.newcomers(self.reach, each) // self.per
        if over < 0 or (self.strange and book.familiar(each)):
            return None
        return failed[over] + DAY


BOTH, PASSWORD = frozenset(Door), frozenset({Door.PASSWORD})

STRANGER = Pauses(
    5, (1, 2, 4, 8, 15), 100, "who has forgotten his password waits minutes; 100 is NIST's ceiling"
)
OWN = Pauses(10, (1, 2, 5), 100, "he may mistype for long, and whoever took his phone may not guess for ever")
# A lab computer is known to hundreds: one that fails at so many of them in a day is a stranger to all.
OWN_ACCOUNTS = 5
# One password that fails at so many accounts in a month is being sprayed: nobody mistypes like another.
SAME_PASSWORD = 3
# So many people who came in within a month make an address one where people live. One account cannot feign it.
HOUSE = 20
CROWDS = (
    Crowd(Reach.ADDRESS, 30, 4, BOTH, False, "a whole school may stand behind one address"),
    Crowd(Reach.SCHOOL, 60, 4, PASSWORD, True, "guessing from many addresses at one school"),
    Crowd(Reach.CITY, 300, 4, PASSWORD, True, "guessing from many addresses at all schools"),
)


def standing(each: Try, book: Book) -> Try:
    """The same, as a stranger's where its browser has lost the trust of the accounts that know it."""
    trusted = (
        each.browser
        and book.accounts_of(each.browser) < OWN_ACCOUNTS
        and len(book.at_account(each)) < OWN.most
    )
    return each if trusted else replace(each, browser="")


def judge(each: Try, book: Book, at: dt.datetime) -> dt.datetime | None:
    """When it may be tried, and None where it may now. `each` stands as `standing` says.

    Nobody is told which rule it is, and none of them depends on whether there is such an account.
    """
    if each.browser:
        return OWN.until(book.at_account(each), at)
    stops = [STRANGER.until(book.at_account(each), at), _sprayed(each, book)]
    stops += [crowd.until(book, each) for crowd in CROWDS]
    return max((stop for stop in stops if stop), default=None)


def _sprayed(each: Try, book: Book) -> dt.datetime | None:
    elsewhere = book.with_password(each) if each.mark is not None else ()
    over = len(elsewhere) - SAME_PASSWORD
    return elsewhere[over] + MONTH if over >= 0 else None
