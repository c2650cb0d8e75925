"""What the portal's pages are asked: a student's page part by part, searches, and everybody's own calendar."""

from __future__ import annotations

from liangshi.portal.agenda.actions import make_feed
from liangshi.registry.access.faces import PARTS
from tests.walk.people import LIKE, NOBODY
from tests.walk.world import Side

PUBLIC = {
    "agenda.CalendarFeed.hat": "a role and an opaque key",
    "agenda.CalendarFeed.token_digest": "a keyed digest",
}


def plant(side: Side) -> None:
    side.ask("dossier:student", *(f"part={key}" for key, _ in PARTS.items()))
    # By pinyin, so that what is asked for does not stand on the page because it was asked for.
    pinyin = [row.person.search.split()[0] for row in (side.student, side.students[5])]
    side.ask("dossier:search", *(f"q={each}" for each in pinyin), "q=zhou")
    links = {link.person_id: link for link in side.student.guardian_links.all()}
    side.keys(
        "dossier:contact",
        (
            {"pk": side.student.pk, "link": links[side.people["guardian"].pk].pk},
            "clerk caring_clerk adviser mentors",
        ),
        ({"pk": side.student.pk, "link": links[side.people["restricted_guardian"].pk].pk}, ""),
    )
    # A calendar leaves the house: whoever has its address reads it, so it is judged as if nobody had signed in.
    for name in LIKE:
        if side.local(name) in side.people:
            token = make_feed(side.actor(side.local(name)))
            side.keys("agenda:feed", ({"token": token}, NOBODY))
