"""Make accounts, issue one-time codes, activate."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from liangshi.foundation.audit.actions import Doer, Machine
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.sealed import digest
from liangshi.foundation.base.typed import fold
from liangshi.foundation.deeds import Deed
from liangshi.registry.accounts.audit import ACTIVATED, PASSWORD_CHANGED, SLIPS_ISSUED
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


def issue_codes(accounts: Iterable[Account], *, actor: Doer) -> dict[UUID, str]:
    """New codes, by account key; earlier unused ones stop working. A code is shown once and never stored."""
    codes = {account.pk: new_code() for account in accounts}
    with Deed(SLIPS_ISSUED, actor, count=len(codes)):
        ActivationCode.objects.filter(account_id__in=codes, used_at__isnull=True).delete()
        ActivationCode.objects.bulk_create(
            [
                ActivationCode(account_id=key, code_digest=digest(_plain(code)), expires_at=now() + GOOD_FOR)
                for key, code in codes.items()
            ],
            batch_size=500,
        )
    return codes


def activate(*, login: str, code: str, password: str, chain: str = "city") -> Account:
    """Set the password of the account that login and code name together. The code works once.

    Raises DomainError `bad_code` (one sentence for unknown login, wrong, used and expired code alike, so that
    nobody learns which logins exist) or `bad_password`.
    """
    with Deed(ACTIVATED, NOBODY_YET, school=chain) as deed:
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
        if held is None:
            raise DomainError(
                "bad_code",
                "账号和启用码对不上，或启用码已用过、已过期（7 天）。请核对字条；仍不行，请到学校办公室换一张新的。",
            )
        account = held.account
        try:
            validate_password(password, account)
        except ValidationError as problem:
            raise DomainError("bad_password", " ".join(problem.messages), field="password") from problem
        if not ActivationCode.objects.filter(pk=held.pk, used_at__isnull=True).update(used_at=now()):
            raise DomainError("bad_code", "这个启用码刚刚已被使用。")
        account.set_password(password)
        account.save(update_fields=["password"])
        deed.actor = AccountDoer(account)
    return account


def change_password(account: Account, password: str, *, actor: Doer) -> None:
    """Set a password that has passed the rules."""
    with Deed(PASSWORD_CHANGED, actor):
        account.set_password(password)
        account.save(update_fields=["password"])


NOBODY_YET = Machine("启用")


class AccountDoer:
    """An account that acts before any hat is on: while it signs in or activates."""

    def __init__(self, account: Account) -> None:
        self.account_id: UUID | None = account.pk
        self.name = account.person.name
        self.hat_label = "本人"
        self.chain = "city"
