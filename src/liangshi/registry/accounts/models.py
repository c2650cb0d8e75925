"""Accounts made from the roster, and the one-time codes that open them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from liangshi.foundation.audit.actions import CITY
from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Row, new_key
from liangshi.foundation.base.typed import fold, fold_name
from liangshi.registry.accounts.choices import Browser, DeviceKind, Door
from liangshi.registry.people.models import Person

PIN_TRIES = 5


class Accounts(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login=fold_name(username or ""))


class Account(AbstractBaseUser):
    """One per person. There is no way to register: accounts come from the roster.

    The login is the school's last four digits with the 工号, or with six random digits; never anything from
    an identity number. The password is unusable until an activation code has been used.
    """

    holds = Holds(c1="narrowed_to", c2="login password former_password recovery_digest")
    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    person = models.OneToOneField(Person, models.PROTECT, related_name="account")
    login = models.CharField("账号", max_length=40, unique=True)
    is_active = models.BooleanField("可登录", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Since somebody else gave him a new code, until he has shown that it is he:
    narrowed_to = models.CharField(
        max_length=36, blank=True
    )  # the school that gave it, or "city": no more than that
    locked = models.BooleanField("待本人核实", default=False)  # what only he reads stays closed
    locked_at = models.DateTimeField(null=True, blank=True)  # since when, whatever resets came on top
    former_password = models.CharField(max_length=128, blank=True)
    recovery_digest = models.CharField(max_length=64, blank=True)
    wrong_proofs = models.PositiveSmallIntegerField(default=0)

    USERNAME_FIELD = "login"
    objects = Accounts()

    def __str__(self) -> str:
        return self.login

    def set_password(self, raw_password: str | None) -> None:
        """However its letters and digits were typed, in full width or not."""
        super().set_password(None if raw_password is None else fold(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(fold(raw_password or ""))

    @property
    def is_activated(self) -> bool:
        return self.has_usable_password()


class ActivationCode(Row):
    """A random one-time code, printed on a slip, good for seven days. Only its digest is kept.

    `place` is the key of the school whose office gave it, or "city"; `resets`: it opens an account that is in use
    already; `request` names on whose request it was given.
    """

    holds = Holds(c1="place", c2="code_digest")
    account = models.ForeignKey(Account, models.CASCADE, related_name="codes")
    place = models.CharField(max_length=36, default=CITY)
    resets = models.BooleanField(default=False)
    request = models.UUIDField(null=True, blank=True)
    code_digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["code_digest"], name="activation_by_digest"),)

    def __str__(self) -> str:
        return f"{self.account} {self.expires_at:%Y-%m-%d}"


class FailedTry(Row):
    """A password or a code that did not open an account. Successes leave none, and take theirs away (`doors`).

    What was typed and from where it came stand as keyed digests: a login may be a password in the wrong field.
    """

    holds = Holds(c1="door place", c2="login address browser")
    door = models.CharField(max_length=8, choices=Door)
    login = models.CharField(max_length=64)
    place = models.CharField(max_length=4, blank=True)  # the first four digits of the login: its school
    address = models.CharField(max_length=64)
    browser = models.CharField(max_length=64, blank=True)  # one that the account knows
    mark = models.PositiveIntegerField(
        null=True
    )  # 24 bits of the password's digest; None: it can be nobody's

    class Meta:
        indexes = (
            models.Index(fields=["login", "created_at"], name="failed_at_account"),
            models.Index(fields=["mark", "created_at"], name="failed_with_password"),
            models.Index(fields=["created_at"], name="failed_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.get_door_display()} {self.created_at:%Y-%m-%d %H:%M}"


class Device(Row):
    """A browser in which somebody has come in: known by a random token in its cookie, of which the digest is kept.

    `own`: he has said that it is his own, stays signed in for weeks, and may set a PIN there. `session_key` is that of
    its newest session, which ends with the device. A computer that many use is one row for each of them.
    """

    holds = Holds(c1="kind browser", c2="token_digest address session_key pin")
    account = models.ForeignKey(Account, models.CASCADE, related_name="devices")
    token_digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=DeviceKind)
    browser = models.CharField(max_length=8, choices=Browser)
    address = models.CharField(max_length=64)  # digest of where it came from last
    seen_on = models.DateField("最近使用")
    session_key = models.CharField(max_length=40, blank=True)
    own = models.BooleanField("本人的设备", default=False)
    pin = models.CharField(max_length=128, blank=True)
    pin_wrong = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-seen_on", "-created_at")
        constraints = (
            models.UniqueConstraint(fields=["account", "token_digest"], name="device_once"),
            models.CheckConstraint(condition=models.Q(pin="") | models.Q(own=True), name="pin_on_own_device"),
            models.CheckConstraint(
                condition=models.Q(pin_wrong__lte=PIN_TRIES), name="pin_tried_five_times_at_most"
            ),
        )
        indexes = (
            models.Index(fields=["token_digest"], name="device_by_token"),
            models.Index(fields=["created_at"], name="device_by_time"),
            models.Index(fields=["address", "created_at"], name="device_by_address"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_browser_display()}"
