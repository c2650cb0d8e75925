"""Coming in: the limits are asked before anything is checked, and what fails is kept.

    with knocking(Try(Door.CODE, …)):
        …                                     # raises DomainError of WRONG where it does not open

What a door answers depends on what was typed and never on whether there is such an account: one sentence, and the
password is hashed once in each case. A try that a limit stops (`Stopped`) is not checked at all, and leaves nothing, so
that the table grows no faster than the limits allow. Tries that run side by side do not see one another: a limit may be
passed by as many as the server has threads, once.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.sealed import digest
from liangshi.foundation.base.typed import fold, fold_name
from liangshi.registry.accounts.actions import activate
from liangshi.registry.accounts.choices import Door
from liangshi.registry.accounts.limits import Try, judge, standing
from liangshi.registry.accounts.models import Account, FailedTry
from liangshi.registry.accounts.queries import Ledger, device_of, failed

log = logging.getLogger(__name__)
WRONG = {"wrong_password", "bad_code"}
MARK_DIGITS = 6  # 24 bits: whoever had database and key would learn no more of what was mistyped


class Stopped(Exception):
    """A limit holds; `until` is when it may be tried again."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(until)
        self.until = until

    @property
    def seconds(self) -> int:
        """From now on, at least 1: for Retry-After."""
        return max(1, int((self.until - now()).total_seconds()) + 1)

    @property
    def clock(self) -> str:
        """「14:36」, on another day 「12 月 3 日 14:36」: the minute that has passed it."""
        at = localtime(self.until) + dt.timedelta(minutes=1)
        return f"{at:%H:%M}" if at.date() == today() else f"{at.month} 月 {at.day} 日 {at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever stands at a door: his network (`base.address`), and the token in his browser's cookie, or ""."""

    address: str
    token: str


@contextmanager
def knocking(each: Try) -> Iterator[None]:
    """Raises `Stopped` where a limit holds. A refusal of the block in WRONG counts; a success takes away what failed in
    the same browser, or from the same address, at the same account."""
    book = Ledger(each)
    each = standing(each, book)
    until = judge(each, book, now())
    if until:
        log.warning("a limit stops tries at the door %s until %s", each.door, until.isoformat())
        raise Stopped(until)
    try:
        yield
    except DomainError as refusal:
        if refusal.code in WRONG:
            _note(each)
        raise
    if book.at_account(each):
        failed(each).filter(browser=digest(each.browser), address=digest(each.address)).delete()


def _note(each: Try) -> None:
    FailedTry.objects.create(
        door=each.door,
        login=digest(each.login),
        place=each.place,
        address=digest(each.address),
        browser=digest(each.browser),
        mark=each.mark,
    )


def _try(door: Door, login: str, visitor: Visitor, mark: int | None = None) -> Try:
    known = visitor.token if device_of(login, visitor.token) else ""
    place = login[:4] if login[:4].isascii() and login[:4].isdigit() else ""
    return Try(door, login, place, visitor.address, known, mark)


def prove(login: str, password: str, visitor: Visitor) -> Account:
    """The account that login and password open.

    Raises DomainError `wrong_password`, the same where there is no such account, where it is not activated or disabled,
    and `Stopped`.
    """
    login = fold_name(login)
    with knocking(_try(Door.PASSWORD, login, visitor, _mark(password))):
        account = Account.objects.filter(login=login).first()
        # Who is not there, or has no password yet, costs one hash as everybody.
        right = (account or Account()).check_password(password)
        if account is None or not right or not account.is_active:
            raise DomainError(
                "wrong_password",
                "账号或密码不对。第一次使用请先用字条上的启用码启用账号；忘了密码，请到学校办公室换一张新字条。",
            )
    return account


def prove_again(login: str, password: str, visitor: Visitor) -> Account:
    """As `prove`, of whoever is signed in and known: the sentence is about his password alone."""
    try:
        return prove(login, password, visitor)
    except DomainError as refusal:
        if refusal.code != "wrong_password":
            raise
        raise DomainError("wrong_password", "密码不对，请再输一次。", field="password") from None


def open_with_code(login: str, code: str, password: str, visitor: Visitor) -> Account:
    """Activate; what was guessed at the password before is of no use any more. Raises as `activate`, and `Stopped`."""
    login = fold_name(login)
    with knocking(_try(Door.CODE, login, visitor)):
        account = activate(login=login, code=code, password=password)
    FailedTry.objects.filter(login=digest(login)).delete()
    return account


def _mark(password: str) -> int | None:
    """What a sprayed password is recognised by. One that our rules refuse is nobody's, and thousands type 123456."""
    try:
        validate_password(password)
    except ValidationError:
        return None
    return int(digest(f"password:{fold(password)}")[:MARK_DIGITS], 16)
