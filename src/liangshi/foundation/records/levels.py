"""Who reads what a record says, beside its author: three levels, and the rows within them for a room's rules."""

from __future__ import annotations

from django.db.models import IntegerChoices, Q


class Level(IntegerChoices):
    SHARED = 0, "导师、班主任和家长"
    SCHOOL = 1, "导师和班主任"
    AUTHOR = 2, "导师自己"


FOR_SCHOOL = Q(level__lt=Level.AUTHOR)  # who accompanies the student today, and his class adviser
FOR_FAMILY = Q(level=Level.SHARED)
