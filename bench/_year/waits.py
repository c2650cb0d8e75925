"""Each week: everything that is open waits for somebody who may do it, and nothing waits that is over, as people read it
on their agendas."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from bench._year.books import AWAY_FOR_GOOD, HERE, LEFT, Books, Key, holds
from bench._year.world import World
from liangshi.foundation.notices.models import Notice
from liangshi.practice.needs.models import Need, NeedStrategy
from liangshi.practice.relations.models import Absence, ChangeRequest, Concern, HandOver
from liangshi.practice.talks.models import FollowUp, Talk, TalkStudent, Unmet
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import DUES
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.policy import allows
from liangshi.registry.mentorships.models import Exemption
from liangshi.registry.people.models import ClassPost, Enrolment, Person, StudentSpan
from liangshi.registry.schools.models import School


class Held(set[Key]):
    """Who has something on his agenda. Of whoever was not asked it is not known, and he counts as if he had."""

    def __init__(self, known: set[Key], asked: set[Key]) -> None:
        super().__init__(known)
        self.asked = asked

    def __contains__(self, person: object) -> bool:
        return person not in self.asked or super().__contains__(person)

    def missing(self, people: set[Key]) -> set[Key]:
        """Those of `people` who should have it and have not."""
        return {person for person in people if person not in self}


SOME = 4  # of the staff who are asked each week


class Waits(NamedTuple):
    """An item on somebody's agenda."""

    actor: Actor
    kind: str
    key: str
    title: str
    names: tuple[Key, ...]


# What `portal.agenda` collects from these is looked at; the others hang on nobody who leaves.
LOOKED_AT = frozenset(
    {
        "letter",
        "concern",
        "change",
        "offer",
        "absence",
        "follow-up",
        "event",
        "next",
        "unmet",
        "need",
        "waiting",
    }
)


On = Callable[[str, Key], Held]


def agendas(people: Iterable[Person], day: dt.date) -> list[Waits]:
    """What waits for each of the staff under each of his hats."""
    found = []
    for person in people:
        for hat in hats_of(person, day):
            if hat.role in {Role.STUDENT, Role.GUARDIAN}:
                continue
            actor = Actor(person.account.pk, person.pk, person.name, hat)
            for kind, source in DUES.items():
                if kind in LOOKED_AT and allows(actor.role, source.permission):
                    for item in source.items(actor):
                        found.append(Waits(actor, kind, item.key, item.title, tuple(item.names)))
    return found


def on_the_agendas(w: World, books: Books, *, whole: bool) -> Iterator[str]:
    """Everything that is open waits for somebody who may do it, and nothing waits that is over. Of those who are not in
    the office some are asked, or `whole` all."""
    office = {role: {p for p, r in _offices(w.school, books) if r == role} for role in ("leader", "clerk")}
    both = office["leader"] | office["clerk"]
    staff = {post.person for post in books.staff.values()}
    asked = staff if whole else both | set(w.dice.sample(sorted(staff), min(SOME, len(staff))))
    people = Person.objects.filter(pk__in=asked).select_related("account").order_by("pk")
    waits = agendas(people, books.day)
    holders: dict[tuple[str, str], set[Key]] = defaultdict(set)
    for each in waits:
        holders[each.kind, each.key.partition(":")[0]].add(each.actor.person_id)
        if each.kind != "concern":
            for student in each.names:
                if books.standing.get(student) in AWAY_FOR_GOOD:
                    yield f"{each.actor.name} ({each.actor.role}) still has «{each.title}», {books.standing[student]}"

    def on(kind: str, key: Key) -> Held:
        """Who has it, and everybody who was not asked."""
        return Held(holders.get((kind, str(key)), set()), asked)

    gone = {student for student in books.students if books.standing.get(student, "") in AWAY_FOR_GOOD}
    charges = books.charges()
    beside = _beside(books)

    yield from _letters(books, gone, beside, on)
    yield from _requests(books, both, office, on)
    yield from _concerns(books, office, on)
    yield from _events(books, gone, both, on)
    yield from _follow_ups(books, gone, charges, on)
    yield from _needs(books, gone, office, on)
    yield from _unmet(books, gone, both, beside, on)
    for absence, state, staff in Absence.objects.filter(staff__school=w.school).values_list(
        "pk", "state", "staff"
    ):
        if state in {"covered", "waiting"} and on("absence", absence).missing(both):
            yield f"the absence of {books.called(staff)} ({state}) is not on the agenda of the whole office"
        if state in {"back", "succeeded"} and on("absence", absence):
            yield f"the absence of {books.called(staff)} ({state}) is still on an agenda"
    yield from _waiting(w, books, waits)
    yield from _away(w, books)
    yield from _told_and_over(w, books, gone)
    if whole:
        yield from _hats(w, books)


def _away(w: World, books: Books) -> Iterator[str]:
    """Of everybody who is away from students the office has a registration that it can go on with."""
    states: dict[Key, set[str]] = defaultdict(set)
    for staff, state in Absence.objects.filter(staff__school=w.school).values_list("staff", "state"):
        states[staff].add(state)
    for staff in sorted({bond.mentor for _, bond in books.today if bond.kind == "primary"}):
        under_way = states[staff] & {"covered", "waiting"}
        if (books.staff[staff].state == "on_duty") == bool(under_way):
            yield f"{books.called(staff)} has students, and his absences are {sorted(states[staff])}"


def _hats(w: World, books: Books) -> Iterator[str]:
    """Whoever has left has no hat of the school; nobody is 班主任 of a class that has graduated."""
    of_staff = {Role.MENTOR, Role.STAFF, Role.ADVISER, Role.LEADER, Role.CLERK, Role.GRADE_HEAD}
    here = set(Enrolment.objects.filter(ends_on=None).values_list("class_group", flat=True))
    advised = ClassPost.objects.filter(is_adviser=True, ends_on=None, class_group__enrolments__isnull=False)
    classes: dict[Key, set[Key]] = defaultdict(set)
    for staff, group in advised.values_list("staff", "class_group"):
        classes[staff].add(group)
    for staff, post in books.staff.items():
        hats = {hat.role for hat in hats_of(Person.objects.get(pk=post.person), books.day)} & of_staff
        if post.state in LEFT and hats:
            yield f"{books.called(staff)} still wears {hats}"
        if Role.ADVISER in hats and classes[staff] and not classes[staff] & here:
            yield f"{books.called(staff)} advises a class that has graduated"


def _told_and_over(w: World, books: Books, gone: set[Key]) -> Iterator[str]:
    """What the office has not read yet is still to be done."""
    rows = Notice.objects.filter(school=w.school.pk, read_at=None).exclude(key="").values_list("key", "title")
    unread = {(key.split(":")[0], key.split(":")[1]): title for key, title in rows}
    absences = {str(key): state for key, state in Absence.objects.values_list("pk", "state")}
    changes = {
        str(key): state in {"asked", "received", "meeting"} and books.bonds[bond].ends is None
        for key, state, bond in ChangeRequest.objects.values_list("pk", "state", "mentorship")
    }
    concerns = {str(key): state != "closed" for key, state in Concern.objects.values_list("pk", "state")}
    presses = {
        str(key): done is None and student not in gone
        for key, done, student in Unmet.objects.values_list("pk", "contacted_at", "student")
    }
    events = {
        str(key): lead.state != "closed"
        and lead.student not in gone
        and (lead.lead is None or books.staff[lead.lead].state != "on_duty")
        for key, lead in books.leads.items()
    }
    due = {
        "succession": lambda key: absences[key] == "waiting",
        "return": lambda key: absences[key] == "covered",
        "overdue": lambda key: absences[key] == "covered",
        "change": lambda key: changes[key],
        "safety": lambda key: concerns[key],
        "unmet": lambda key: presses[key],
        "event": lambda key: events[key],
    }
    for (kind, key), title in unread.items():
        if kind in due and not due[kind](key):
            yield f"the office still has to read «{title}»"


def _offices(school: School, books: Books) -> set[tuple[Key, str]]:
    """(person, role) in office today: whoever holds a grant and has not left."""
    left = {post.person for post in books.staff.values() if post.state in LEFT}
    here = {post.person for post in books.staff.values() if post.state not in LEFT}
    rows = RoleGrant.objects.filter(school=school).values_list("person", "role", "starts_on", "ends_on")
    return {
        (p, role)
        for p, role, first, end in rows
        if holds(first, end, books.day) and (p not in left or p in here)
    }


def _beside(books: Books) -> dict[Key, set[Key]]:
    """Student → the staff who accompany him today."""
    found: dict[Key, set[Key]] = defaultdict(set)
    cared = books.cared()
    for key, bond in books.today:
        found[bond.student] |= {bond.mentor, *cared.get(key, ())}
    return found


def _letters(books: Books, gone: set[Key], beside: Mapping[Key, set[Key]], on: On) -> Iterator[str]:
    for letter, ended, successor, state in HandOver.objects.values_list("pk", "ended", "successor", "state"):
        bond = books.bonds[ended]
        what = f"the letter of {books.called(bond.mentor)} to {books.called(successor)} about {books.name(bond.student)}"
        if state != "open":
            if on("letter", letter):
                yield f"{what} is {state} and still on an agenda"
            continue
        if bond.student in gone or successor not in beside[bond.student]:
            yield f"{what} is open though its reader does not accompany the student"
        if (bond.student, books.staff[bond.mentor].person) in books.apart:
            yield f"{what} is open though the student has named its writer"
        if books.staff[successor].state not in LEFT and books.staff[successor].person not in on(
            "letter", letter
        ):
            yield f"{what} is on no agenda of its reader"
        allowed = {books.staff[successor].person, books.staff[bond.mentor].person}
        others = on("letter", letter) - allowed
        if others and books.staff[bond.mentor].state not in LEFT:
            yield f"{what} is on the agenda of others"


def _requests(books: Books, both: set[Key], office: Mapping[str, set[Key]], on: On) -> Iterator[str]:
    rows = ChangeRequest.objects.values_list("pk", "mentorship", "state", "target")
    cared_by: dict[Key, set[Key]] = defaultdict(set)
    for care in books.cares.values():
        cared_by[care.bond].add(books.staff[care.caretaker].person)
    for request, ended, state, target in rows:
        bond = books.bonds[ended]
        what = f"the request ({state}) of {books.name(bond.student)} about {books.called(bond.mentor)}"
        under_way = state in {"asked", "received", "meeting", "agreed"}
        if bond.ends is not None and under_way:
            yield f"{what} is open though the bond has ended"
        if (not under_way or bond.ends is not None) and (on("change", request) or on("offer", request)):
            yield f"{what} is over and still on an agenda"
        if bond.ends is not None or not under_way:
            continue
        if state == "agreed":
            if (bond.student, books.staff[target].person) in books.apart | books.kin:
                yield f"{what} is offered to {books.called(target)}, who may not take him"
            elif books.staff[target].person not in on("offer", request):
                yield f"{what} is on no agenda of {books.called(target)}, who is asked"
            continue
        about = {books.staff[bond.mentor].person, *cared_by[ended]}
        about |= {person for student, person in books.apart if student == bond.student}
        able = office["clerk"] - about or office["leader"] - about
        if on("change", request).missing(able):
            yield f"{what} is not on the agenda of all who decide"
        if on("change", request) & about:
            yield f"{what} is on the agenda of somebody whom it is about"


def _concerns(books: Books, office: Mapping[str, set[Key]], on: On) -> Iterator[str]:
    for concern, student, state, asker, due in Concern.objects.values_list(
        "pk", "student", "state", "asked_by", "due_on"
    ):
        barred = {asker} | {person for each, person in books.apart if each == student}
        what = f"a concern ({state}) of {books.name(student)}"
        if on("concern", concern) & barred:
            yield f"{what} is on the agenda of somebody who has no part in it"
        if state == "closed":
            if on("concern", concern):
                yield f"{what} is still on an agenda"
            continue
        able = office["clerk"] - barred or office["leader"] - barred
        if due < books.day:
            able |= office["leader"] - barred
        if on("concern", concern).missing(able):
            yield f"{what} is not on the agenda of all who deal with it"


def _events(books: Books, gone: set[Key], both: set[Key], on: On) -> Iterator[str]:
    talked = set(
        Talk.objects.filter(event__isnull=False, voided_at__isnull=True).values_list("event", "author")
    )
    for event, (student, lead, state) in books.leads.items():
        held, what = (
            on("event", event),
            f"what happened to {books.name(student)} ({state}, {books.called(lead)})",
        )
        if state == "closed" or student in gone:
            if held:
                yield f"{what} is over and still on an agenda"
        elif lead is None or books.staff[lead].state != "on_duty":
            if held.missing(both):
                yield f"{what} has no lead at work, and not the whole office is asked for one"
        elif (event, lead) not in talked and books.staff[lead].person not in held:
            yield f"{what} is not on its lead's agenda"


def _follow_ups(
    books: Books, gone: set[Key], charges: Mapping[Key, tuple[Key, Key | None]], on: On
) -> Iterator[str]:
    about: dict[Key, set[Key]] = defaultdict(set)
    for talk, student in TalkStudent.objects.values_list("talk", "student"):
        about[talk].add(student)
    at_hand = _beside(books)
    for key, bond in books.today:
        if bond.kind == "primary" and charges[bond.student][1]:
            at_hand[bond.student].discard(bond.mentor)
        del key
    rows = FollowUp.objects.values_list(
        "pk", "talk", "kind", "owner", "done_at", "talk__author", "talk__family", "talk__voided_at"
    )
    for follow, talk, kind, owner, done, author, family, voided in rows:
        here = about[talk] - gone
        open_ = not done and not voided and family == {"family": "needed", "consult": "unfit"}[kind]
        held = on("follow-up", follow)
        who = "、".join(books.name(student) for student in about[talk])
        what = f"a follow-up ({kind}) of {books.called(author)} about {who}"
        if not open_ or not here:
            if held:
                yield f"{what} is over and still on an agenda"
        elif kind == "family":
            mine = {author} if any(author in at_hand[s] for s in about[talk]) else {
                carer or mentor for mentor, carer in (charges[s] for s in about[talk] if s in charges)
            }  # fmt: skip
            if not mine:
                continue  # nobody is in charge: he waits for a mentor
            if held.missing({books.staff[each].person for each in mine}):
                yield f"{what} is not on the agenda of {'、'.join(map(books.called, mine))}"
        elif owner not in held:
            yield f"{what} is not on the agenda of whom it is asked of"


def _needs(books: Books, gone: set[Key], office: Mapping[str, set[Key]], on: On) -> Iterator[str]:
    lines: dict[Key, list[tuple[bool, bool]]] = defaultdict(list)
    for need, suggested, bond in NeedStrategy.objects.values_list("need", "suggested", "bond"):
        met = bond is not None and books.bonds[bond].ends is None
        lines[need].append((met, suggested is not None))
    for need, student, state, asker in Need.objects.values_list("pk", "student", "state", "asked_by"):
        held, what = on("need", need), f"a need ({state}) of {books.name(student)}"
        if state in {"ended", "refused"}:
            if held:
                yield f"{what} is over and still on an agenda"
            continue
        if student in gone:
            yield f"{what} is open though he has left"
        unmet = [suggested for met, suggested in lines[need] if not met]
        if state == "proposed":
            if held.missing(office["leader"] - {asker}):
                yield f"{what} is not on the agenda of every leader who decides it"
        elif any(unmet) and held.missing(office["leader"]):
            yield f"{what} has somebody suggested, and not every leader is asked"
        elif unmet and not all(unmet) and held.missing(office["clerk"]):
            yield f"{what} looks for somebody, and not every clerk is asked"


def _unmet(
    books: Books, gone: set[Key], both: set[Key], beside: Mapping[Key, set[Key]], on: On
) -> Iterator[str]:
    for row, student, bond, may_tell, done in Unmet.objects.values_list(
        "pk", "student", "mentorship", "may_tell", "contacted_at"
    ):
        held, what = on("unmet", row), f"a press of {books.name(student)}"
        named = {person for each, person in books.apart if each == student}
        near = {books.staff[each].person for each in beside[student]}
        near |= {books.staff[books.bonds[bond].mentor].person} if bond else set()
        near |= {
            books.staff[b.mentor].person
            for b in books.bonds.values()
            if b.student == student and holds(b.starts, b.ends, books.day)
        }
        if done or student in gone:
            if held:
                yield f"{what} is over and still on an agenda"
        elif held.missing(both - named - (set() if may_tell else near)):
            yield f"{what} is not on the agenda of all who may get in touch"
        elif held & named:
            yield f"{what} is on the agenda of whom he has named"


def _waiting(w: World, books: Books, waits: Iterable[Waits]) -> Iterator[str]:
    """Everybody without a mentor who came by himself waits on the clerk's list, and somebody near is there for him."""
    none = {s for s, state in books.standing.items() if state in HERE and not books.primary(s)}
    exempt = {
        student
        for student, first, end, until in Exemption.objects.values_list(
            "student", "starts_on", "ends_on", "until"
        )
        if holds(first, end, books.day) and until >= books.day
    }
    came = _came(books, none - exempt)
    for actor in {
        each.actor.person_id: each.actor for each in waits if each.actor.role == Role.CLERK
    }.values():
        mine = [each.title for each in waits if each.actor == actor and each.kind == "waiting"]
        expected = [f"给 {len(came)} 名学生配导师"] if came else []
        if mine != expected:
            names = "、".join(map(books.name, came))
            yield f"{actor.name} has {mine} on his agenda, counted {expected} ({names})"


def _came(books: Books, students: set[Key]) -> set[Key]:
    """Those who came by themselves (转入, 复学, 借读) and have had no mentor since."""
    found = set()
    for student in students:
        held = StudentSpan.objects.filter(student=student, starts_on__lte=books.day)
        rows = held.values_list("starts_on", "ends_on", "state")
        spans = sorted(((first, end or dt.date.max, state) for first, end, state in rows), reverse=True)
        since, before = spans[0][0], ""
        for first, _, state in spans:
            if state not in HERE:
                before = state
                break
            since = first
        had = [
            bond.ends
            for bond in books.bonds.values()
            if bond.student == student and bond.kind == "primary" and bond.ends
        ]
        if had and max(had) > since:
            continue
        joined = Enrolment.objects.filter(
            student=student, reason__in=("joined", "returned"), starts_on__gte=since, starts_on__lte=books.day
        )
        if spans[0][2] == "guest" or before or joined.exists():
            found.add(student)
    return found
