"""`liangshi check`: what stops the start, Django's and the rooms' own checks and the wall between schools."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import check

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.postgresql.policies import demand_wall


class Command(check.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        try:
            demand_wall()
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
