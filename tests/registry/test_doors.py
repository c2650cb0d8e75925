"""The database says of what was tried what the rules were tried with."""

from __future__ import annotations

import datetime as dt
import random

import pytest
import time_machine

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.sealed import digest
from liangshi.registry.accounts.choices import Door
from liangshi.registry.accounts.doors import Stopped, knocking
from liangshi.registry.accounts.limits import Reach, Try
from liangshi.registry.accounts.models import Account, Device
from liangshi.registry.accounts.queries import Ledger
from tests.cast import person
from tests.registry.tried import START, Tried

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def knock(each: Try, *, right: bool) -> dt.datetime | None:
    try:
        with knocking(each):
            if not right:
                raise DomainError("wrong_password", "不对。")
    except Stopped as stop:
        return stop.until
    except DomainError:
        pass
    return None


@pytest.fixture
def accounts() -> list[Account]:
    made = [person(f"某{n}").account for n in range(4)]
    for n, account in enumerate(made):
        account.login = f"000{n % 2}{n}"
        account.save()
    return made


def test_ledger_and_book_say_the_same(accounts: list[Account]) -> None:
    """A day of random tries at few accounts, from few addresses: every judgement and every figure alike."""
    dice, book, stops = random.Random(4), Tried(), 0
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(150):
            clock.shift(dice.choice((1, 20, 300, 2000)))
            book.at = now()
            account = dice.choice(accounts)
            each = Try(
                dice.choice((Door.PASSWORD, Door.PASSWORD, Door.CODE)),
                account.login,
                account.login[:4],
                f"address {dice.randrange(3)}",
                dice.choice(("", "", "browser")),
                dice.choice((None, 1, 2)),
            )
            right = dice.random() < 0.1
            found = knock(each, right=right)
            assert found == book.knock(each, right=right)
            stops += found is not None
            if right and found is None and not each.browser and not account.devices.exists():
                Device.objects.create(
                    account=account, token_digest="x", kind="phone", browser="qq", address=digest(each.address),
                    seen_on=book.at.date(),
                )  # fmt: skip
        ledger = Ledger(each)
        for door in Door:
            ledger.door = door
            for account in accounts:
                for browser in ("", "browser"):
                    one = Try(door, account.login, account.login[:4], "address 1", browser, 1)
                    assert list(ledger.at_account(one)) == list(book.at_account(one))
                    assert list(ledger.with_password(one)) == list(book.with_password(one))
    assert stops > 10, "or nothing was compared"


def test_who_has_come_in_and_where_people_live(accounts: list[Account]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for n, account in enumerate(accounts):
            for token in ("a", "b"):
                Device.objects.create(
                    account=account, token_digest=token, kind="phone", browser="qq", address=digest(f"address {n % 2}"),
                    seen_on=START.date(),
                )  # fmt: skip
        each = Try(Door.PASSWORD, "0000x", "0000", "address 0")
        assert [Ledger(each).newcomers(reach, each) for reach in Reach] == [2, 2, 4]
        assert not Ledger(each).familiar(each)
        assert Ledger(each).familiar(Try(Door.PASSWORD, accounts[0].login, "0000", "address 0"))
        assert not Ledger(each).familiar(Try(Door.PASSWORD, accounts[1].login, "0001", "address 0"))
        for n in range(18):
            Device.objects.create(
                account=person(f"邻{n}").account, token_digest="a", kind="phone", browser="qq", seen_on=START.date(),
                address=digest("address 0"),
            )  # fmt: skip
        assert Ledger(each).familiar(each), "twenty people"
        clock.shift(dt.timedelta(days=1))
        assert [Ledger(each).newcomers(reach, each) for reach in Reach] == [0, 0, 0]
        clock.shift(dt.timedelta(days=30))
        assert not Ledger(each).familiar(each)
