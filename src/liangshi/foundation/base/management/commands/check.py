"""`liangshi check`: what stops the start: the checks of Django and of the rooms, and what guards the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import check

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.tables import demand_guards


class Command(check.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        try:
            demand_guards()
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
