"""How students came to wait for a mentor, and for how long they may."""

from __future__ import annotations

from django.db.models import TextChoices

ASSIGN_WITHIN = 5  # school days in which a student who comes gets a mentor


class Arrival(TextChoices):
    """How a student who has no mentor came to be one who counts."""

    JOINED = "joined", "转入"
    RETURNED = "returned", "复学"
    GUEST = "guest", "借读"
