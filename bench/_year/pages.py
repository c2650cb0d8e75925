"""Each week: some pages as people open them, through the whole stack, and the sentences on them that rows can check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from bench._year.books import HERE, Books, Key
from bench._year.world import World
from liangshi.registry.access.audience import officers
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.middleware import SESSION_KEY
from liangshi.registry.access.policy import may_open
from liangshi.registry.people.models import Person

BACKEND = "django.contrib.auth.backends.ModelBackend"
OFFICE = (
    "relations:office", "waiting:without_mentor", "waiting:waiting", "needs:needs", "talks:events", "talks:unmet",
    "agenda:agenda", "rounds:list", "dossier:students",
)  # fmt: skip
STAFF = (
    "home:home",
    "agenda:agenda",
    "talks:list",
    "talks:follow_ups",
    "relations:handovers",
    "talks:forecast",
)
CARED = re.compile(r"现在由([^，。<]+?)老师临时负责")


def opened(w: World, books: Books) -> Iterator[str]:
    """The home pages of a student and a guardian, one page of the staff, one of the office, one event."""
    yield from _family(w, books)
    staff = w.pick(sorted({post.person for post in books.staff.values()}))
    yield from _page(books, staff, Role.MENTOR, w.pick(STAFF))
    officers = sorted(_office(w))
    if officers:
        yield from _page(books, w.pick(officers), w.pick((Role.CLERK, Role.LEADER)), w.pick(OFFICE))
    if led := [(key, lead.lead) for key, lead in books.leads.items() if lead.lead and lead.state != "closed"]:
        key, lead = w.pick(led)
        yield from _page(books, books.staff[lead].person, Role.MENTOR, "talks:event", key)


def _office(w: World) -> set[Key]:
    return {grant.person_id for grant in officers(w.school.pk)}


def _family(w: World, books: Books) -> Iterator[str]:
    """Somebody who is looked after, somebody who waits, or somebody at all: he reads who it is."""
    charges = books.charges()
    here = [key for key, state in books.standing.items() if state in HERE]
    cared = [key for key in here if key in charges and charges[key][1]]
    waiting = [key for key in here if key not in charges]
    for student in [w.pick(sorted(w.pick([some for some in (here, cared, waiting) if some])))]:
        person = books.students[student][0]
        readers = [(person, Role.STUDENT)]
        readers += [(guardian, Role.GUARDIAN) for guardian in sorted(books.guardians[student])[:1]]
        for reader, role in readers:
            html: list[str] = []
            yield from _page(books, reader, role, "home:home", html=html)
            text = "".join(html)
            mentor, carer = charges.get(student, (None, None))
            for wanted in (mentor, carer):
                if text and wanted and f"{books.staff[wanted].name}老师" not in text:
                    yield f"the {role} of {books.name(student)} does not read of {books.called(wanted)}"
            if text and role == Role.STUDENT:
                said = set(CARED.findall(text))
                meant = {books.staff[carer].name} if carer else set()
                if said != meant:
                    yield f"{books.name(student)} reads that {said} looks after him, and it is {meant}"


def _page(
    books: Books, person: Key, role: Role, route: str, *keys: Key, html: list[str] | None = None
) -> Iterator[str]:
    """It opens, and nobody follows an event, or looks after anybody, who is not at work."""
    if not may_open(role, route):
        return
    who = Person.objects.select_related("account").get(pk=person)
    hat = next((hat for hat in hats_of(who, books.day) if hat.role == role), None)
    if hat is None:
        return
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=True)
    client.force_login(who.account, backend=BACKEND)
    session = client.session
    session[SESSION_KEY] = hat.key
    session.save()
    answer = client.get(reverse(route, args=keys))
    if answer.status_code not in {200, 302, 404}:
        yield f"{route} answers {answer.status_code} to {who.name} ({role})"
    if answer.status_code != 200:
        return
    text = answer.content.decode()
    if html is not None:
        html.append(text)
    at_work = {post.name for post in books.staff.values() if post.state == "on_duty"}
    for name in sorted({post.name for post in books.staff.values()} - at_work):
        for said in (f"由{name}老师跟进", f"现在由{name}老师临时负责"):
            if said in text:
                yield f"{route} says to {who.name} ({role}): {said}, and he is not at work"
    if "公布匹配结果后" in text:
        yield f"{route} speaks to {who.name} of a result that will be published"
