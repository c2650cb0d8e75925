"""What the rooms of practice bring to a student's page. A room that has something to say is named here, once.

Each source takes the actor and the student, answers with a fixed number of questions to the database, and gives no
more than this actor may know; the page shows what it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from liangshi.practice.growth.queries import Happened, Talks
from liangshi.practice.growth.queries import timeline as growth_timeline
from liangshi.practice.talks import queries as talks
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Student

FAMILY = "family"  # beside the codes of the five strategies: contact with the family

Timeline = Callable[[Actor, Student], Iterable[Happened]]
# strategy code, or FAMILY → day of the last contact; None when that is none of the actor's business
LastContacts = Callable[[Actor, Student], Mapping[str, dt.date] | None]


def _talks(actor: Actor, student: Student) -> Iterable[Happened]:
    """Talks, activities and life events; 补录 is told by the room itself."""
    for entry in talks.timeline(actor, student):
        yield Happened(
            entry.day, entry.day, entry.title, entry.text, entry.icon, entry.url, month_only=entry.restricted
        )


TIMELINES: list[Timeline] = [growth_timeline, _talks]
LAST_CONTACTS: list[LastContacts] = [talks.last_by_strategy]
TALKS: list[Talks] = [
    talks.strategies_by_term
]  # at most one: how often each strategy was talked about, per term
