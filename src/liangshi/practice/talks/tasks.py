"""The day's jobs of this room."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import daily
from liangshi.foundation.notices.actions import settle_office, tell_office, unread_about, unread_at
from liangshi.practice.talks.actions.notes import end_notes
from liangshi.practice.talks.models import LifeEvent, Unmet
from liangshi.practice.talks.queries.events import wants_lead
from liangshi.practice.talks.queries.unmet import blind_spots_by_school
from liangshi.registry.access.choices import Role
from liangshi.registry.people.queries import still_here

MONDAY = 0


@daily
def erase_old_notes() -> None:
    """随手记 end 90 days after the bond."""
    end_notes()


@daily
def settle_what_is_over() -> None:
    """The office has nothing more to read of an event whose lead is back, nor of a student who has left."""
    events = LifeEvent.objects.as_system("for which a lead is wanted").filter(wants_lead())
    presses = Unmet.objects.as_system("whom to contact").filter(still_here(), contacted_at__isnull=True)
    for word, wanted in (("event", events), ("unmet", presses)):
        told = unread_about(word)
        still = set(wanted.filter(pk__in=told).values_list("pk", flat=True))
        for key in told.keys() - still:
            settle_office(told[key], f"{word}:{key}")


@daily
def look_at_blind_spots() -> None:
    """On Mondays each office hears how many of its students nobody has talked with yet; once there is none, it has
    nothing to read of it any more."""
    told = unread_at("blind-spots")
    if not told and today().weekday() != MONDAY:
        return
    found = blind_spots_by_school(today())
    for school in told - found.keys():
        settle_office(school, "blind-spots")
    if today().weekday() != MONDAY:
        return
    for school, number in found.items():
        tell_office(
            school,
            (Role.LEADER.value, Role.CLERK.value),
            title=f"有 {number} 名学生，结对四周还没有人谈过，请看一看",
            url=reverse("talks:blind_spots"),
            key="blind-spots",
        )
