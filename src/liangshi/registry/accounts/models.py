"""Accounts made from the roster, and the one-time codes that open them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from liangshi.foundation.audit.actions import CITY
from liangshi.foundation.base.models import Row, new_key
from liangshi.registry.people.models import Person


class Accounts(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """One per person. There is no way to register: accounts come from the roster.

    The login is the school's last four digits with the 工号, or with six random digits; never anything from
    an identity number. The password is unusable until an activation code has been used.
    """

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
    former_password = models.CharField(max_length=128, blank=True)
    recovery_digest = models.CharField(max_length=64, blank=True)
    wrong_proofs = models.PositiveSmallIntegerField(default=0)

    USERNAME_FIELD = "login"
    objects = Accounts()

    def __str__(self) -> str:
        return self.login

    @property
    def is_activated(self) -> bool:
        return self.has_usable_password()


class ActivationCode(Row):
    """A random one-time code, printed on a slip, good for seven days. Only its digest is kept.

    `place` is the key of the school whose office gave it, or "city"; `resets`: it opens an account that is in use
    already; `request` names on whose request it was given.
    """

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
