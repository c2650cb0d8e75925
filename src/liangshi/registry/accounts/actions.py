"""Make accounts, issue one-time codes, activate; and after a reset, show that one is the owner."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from django.urls import reverse

from liangshi.foundation.audit.actions import CITY, Doer, Machine
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.sealed import digest
from liangshi.foundation.base.typed import fold
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import tell_people
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.registry.accounts.audit import (
    ACTIVATED,
    PASSWORD_CHANGED,
    PROVED,
    PROVED_IN_PERSON,
    RECOVERY_MADE,
    RESET,
    SLIPS_ISSUED,
)
from liangshi.registry.accounts.ending import end_everywhere
from liangshi.registry.accounts.models import Account, ActivationCode

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread on paper
CODE_LENGTH = 12
GOOD_FOR = dt.timedelta(days=7)


def new_code() -> str:
    """A random code as printed: 「K7QM-2XWP-94TD」, 31^12 of them."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(text[i : i + 4] for i in range(0, CODE_LENGTH, 4))


def _plain(code: str) -> str:
    """Without whatever stands between its letters: hyphens and blanks of any kind."""
    return "".join(char for char in fold(code).upper() if char in ALPHABET)


def ensure_accounts(people: Mapping[UUID, str]) -> int:
    """Make an account for each person (key → wished login, or a prefix ending in "*" for six random digits).

    People who have one keep it. A wished login that is taken gets random digits too. Returns how many were made.
    """
    have = set(Account.objects.filter(person_id__in=people).values_list("person_id", flat=True))
    taken = set(Account.objects.values_list("login", flat=True))
    made: list[Account] = []
    for person_id, wish in people.items():
        if person_id in have:
            continue
        login = wish.lower()
        while login.endswith("*") or login in taken:
            login = f"{wish.rstrip('*').lower()}{secrets.randbelow(10**6):06d}"
        taken.add(login)
        account = Account(person_id=person_id, login=login)
        account.set_unusable_password()
        made.append(account)
    Account.objects.bulk_create(made, batch_size=500)
    return len(made)


def issue_codes(
    accounts: Iterable[Account],
    *,
    actor: Doer,
    place: str = CITY,
    resets: bool = False,
    request: UUID | None = None,
) -> dict[UUID, str]:
    """New codes, by account key; earlier unused ones stop working. A code is shown once and never stored.

    `place` is the key of the school whose office gives them. An account that is in use is opened only by a code that
    `resets`: ValueError for one without.
    """
    accounts = list(accounts)
    if not resets and any(account.is_activated for account in accounts):
        raise ValueError("a code for an account in use has to reset it")
    codes = {account.pk: new_code() for account in accounts}
    with Deed(SLIPS_ISSUED, actor, count=len(codes), accounts=[str(key) for key in codes], resets=resets):
        drop_codes(codes)
        ActivationCode.objects.bulk_create(
            [
                ActivationCode(
                    account_id=key,
                    code_digest=digest(_plain(code)),
                    expires_at=now() + GOOD_FOR,
                    place=place,
                    resets=resets,
                    request=request,
                )
                for key, code in codes.items()
            ],
            batch_size=500,
        )
    return codes


def drop_codes(accounts: Iterable[UUID]) -> None:
    """Codes of these accounts that nobody has used open nothing any more."""
    ActivationCode.objects.filter(account_id__in=list(accounts), used_at__isnull=True).delete()


def held_code(login: str, code: str) -> ActivationCode:
    """The unused code that login and code name together. Raises DomainError `bad_code`: one sentence for an unknown
    login, a wrong, used or expired code, and one that does not open an account in use, so that nobody learns which
    logins exist."""
    held = (
        ActivationCode.objects.select_related("account__person")
        .filter(
            code_digest=digest(_plain(code)),
            account__login=login.strip().lower(),
            account__is_active=True,
            used_at__isnull=True,
            expires_at__gt=now(),
        )
        .first()
    )
    if held is None or (held.account.is_activated and not held.resets):
        raise DomainError(
            "bad_code",
            "账号和启用码对不上，或启用码已用过、已过期（7 天）。请核对字条；仍不行，请到学校办公室换一张新的。",
        )
    return held


def use_up(held: ActivationCode) -> dt.datetime:
    """A code works once; returns when. Raises DomainError `bad_code` for the second of two taps."""
    at = now()
    if not ActivationCode.objects.filter(pk=held.pk, used_at__isnull=True).update(used_at=at):
        raise DomainError("bad_code", "这个启用码刚刚已被使用。")
    return at


def activate(*, login: str, code: str, password: str, chain: str = CITY) -> Account:
    """Set the password of the account that login and code name together. The code works once.

    An account that was in use is reset: until its owner has shown that it is he (`prove`, `met`), it opens no more
    than the school that gave the code has given him, and what he alone reads stays closed. Raises DomainError
    `bad_code` or `bad_password`.
    """
    with Deed(ACTIVATED, NOBODY_YET, school=chain) as deed:
        held = held_code(login, code)
        account = held.account
        _require_good(password, account)
        at = use_up(held)
        if account.is_activated:
            deed.entry = RESET
            _narrow(account, held.place, at)
            end_everywhere(account)
            tell_people(
                [account.person_id], role=EVERY_HAT, school=None, student=None, title=RESET_SAID,
                url=reverse("account:proof"),
            )  # fmt: skip
        elif held.place != CITY:
            account.narrowed_to = (
                held.place
            )  # until it is known that nobody else has given him anything (`widen`)
        account.set_password(password)
        account.save()
        deed.actor, deed.about = AccountDoer(account), account
        deed.note(place=held.place)
    return account


RESET_SAID = "您的账号用新字条重设过密码。如果不是您本人，请马上到学校办公室说明"


def _require_good(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as problem:
        raise DomainError("bad_password", " ".join(problem.messages), field="password") from problem


def _narrow(account: Account, place: str, at: dt.datetime) -> None:
    """Whoever holds the new password has not shown yet that he is the owner. What he is asked for is what held when
    the owner was sure: a second reset does not replace it."""
    if not account.former_password:
        account.former_password = account.password
    if not account.locked:
        account.locked_at = at
    account.narrowed_to, account.locked, account.wrong_proofs = place, True, 0


MOST_PROOFS = 5  # wrong ones; then he has to come


def prove(account: Account, *, secret: str, actor: Doer) -> None:
    """The owner shows that it is he, by the password that held before, or by his recovery code: all is open again.

    Raises DomainError `wrong_proof`, `too_many_proofs`. Each try is counted before it is looked at.
    """
    tries = Account.objects.filter(pk=account.pk, wrong_proofs__lt=MOST_PROOFS)
    if not tries.update(wrong_proofs=F("wrong_proofs") + 1):
        raise DomainError(
            "too_many_proofs", "已经错了 5 次。请到学校办公室，由两位老师当面核实。", field="secret"
        )
    code = bool(account.recovery_digest) and hmac.compare_digest(
        digest(_plain(secret)), account.recovery_digest
    )
    if not code and not check_password(secret, account.former_password):
        raise DomainError(
            "wrong_proof",
            "不对。请填重设以前的密码，或您抄下的恢复码；都没有，请到学校办公室，由两位老师当面核实。",
            field="secret",
        )
    with Deed(PROVED, actor, about=account, by="恢复码" if code else "原来的密码"):
        if code:
            account.recovery_digest = ""
        _open(account)


def _open(account: Account) -> None:
    account.narrowed_to = account.former_password = ""
    account.locked, account.locked_at, account.wrong_proofs = False, None, 0
    account.save()


def met(account: Account, *, whole: bool, actor: Doer) -> None:
    """Two officers have seen the owner: what he alone reads is open again. Unless that is the `whole` of it, what other
    places have given him stays closed until he proves it himself."""
    with Deed(PROVED_IN_PERSON, actor, about=account):
        # What he is asked for stays what it was: the two have seen him, he has not shown that he knows it.
        Account.objects.filter(pk=account.pk).update(
            locked=False, locked_at=None, narrowed_to="" if whole else account.narrowed_to
        )
        tell_people(
            [account.person_id],
            role=EVERY_HAT,
            school=None,
            student=None,
            title="两位老师说当面核实过您本人。如果没有这回事，请马上到学校办公室说明",
            url=reverse("slips:own"),
        )


def make_recovery_code(account: Account, *, actor: Doer) -> str:
    """A new recovery code, shown once; an earlier one stops working. Raises `not_proved` while the account waits for
    its owner."""
    if account.locked or account.narrowed_to:
        raise DomainError("not_proved", "请先核实是您本人，再换恢复码。")
    code = new_code()
    with Deed(RECOVERY_MADE, actor, about=account):
        Account.objects.filter(pk=account.pk).update(recovery_digest=digest(_plain(code)))
    return code


def change_password(account: Account, password: str, *, actor: Doer) -> None:
    """Set a password that has passed the rules."""
    with Deed(PASSWORD_CHANGED, actor, about=account):
        account.set_password(password)
        if not (account.locked or account.narrowed_to):
            account.former_password = ""
        account.save(update_fields=["password", "former_password"])


NOBODY_YET = Machine("启用")


class AccountDoer:
    """An account that acts before any hat is on: while it signs in or activates."""

    def __init__(self, account: Account) -> None:
        self.account_id: UUID | None = account.pk
        self.name = account.person.name
        self.hat_label = "本人"
        self.chain = CITY
