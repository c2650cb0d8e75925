"""The card of the first meeting: both sides, for the first four weeks."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.plans.queries import policy_now
from liangshi.practice.relations.models import FirstMeeting
from liangshi.practice.relations.policy import MEETING_READ
from liangshi.practice.relations.queries.changes import trial_last
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import allows
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import Interim, MentorProfile, Mentorship
from liangshi.registry.people.choices import Lodging
from liangshi.registry.people.models import Club, ClubMember, Student
from liangshi.registry.people.queries import classes_of
from liangshi.registry.schools.choices import Strategy

SHOWN = 4  # starters on a card: a choice, not a list to work through

# What to begin with, by what the mentor says he is good at: (to the student, to the mentor).
BY_STRENGTH: dict[str, tuple[str, str]] = {
    Strategy.SX: (
        "最近有没有一件让你觉得有意思、或者想不明白的事？",
        "最近有什么事让 TA 觉得有意思，或者想不明白？",
    ),
    Strategy.XY: ("哪一门课最有劲，哪一门最费劲？", "哪一门课学得最有劲，哪一门最费劲？"),
    Strategy.XL: ("压力大的时候，你一般怎么让自己松下来？", "压力大的时候，TA 一般怎么让自己松下来？"),
    Strategy.SH: ("一天里哪段时间最赶，哪段时间最自在？", "TA 一天里哪段时间最赶，哪段时间最自在？"),
    Strategy.SY: ("有没有想过以后做什么？没想好也很好聊。", "TA 想过以后做什么吗？没想好也很好聊。"),
}
TO_STUDENT = (
    "你希望导师怎样找你：课间、放学后，还是先约好？",
    "有什么话你不想让别人知道？可以先和导师说好。",
)
TO_MENTOR = ("先说说您自己，再听 TA 说。", "TA 希望您怎样找 TA：课间、放学后，还是先约好？")


@dataclass(frozen=True, slots=True)
class FirstMeetingCard:
    """What one side of a new relation sees. `name` and `group` are those of the other side."""

    bond: Mentorship
    name: str
    group: str
    lodging: str
    profile: MentorProfile | None
    starters: tuple[str, ...]
    note: str
    last: dt.date | None  # of the trial
    of_student: bool


def _new_bonds(actor: Actor, weeks: int) -> QuerySet[Mentorship]:
    """The actor's relations in the trial weeks of the policy.

    Who goes on with the same mentor meets nobody new; while the mentor is away there is nobody to meet.
    """
    away = Interim.objects.filter(span_at(today())).values("mentorship")
    return (
        Mentorship.objects.seen_by(actor, MEETING_READ)
        .filter(
            starts_on__gt=today() - dt.timedelta(weeks=weeks),
            starts_on__lte=today(),
        )
        .exclude(origin=Origin.CONTINUED)
        .exclude(pk__in=away)
        .select_related("student__person", "mentor__person", "mentor__profile", "first_meeting")
        .order_by("starts_on", "student__person__search", "pk")
    )


def first_meetings(actor: Actor) -> list[FirstMeetingCard]:
    """The cards of the actor, student or mentor; nobody else has any. Five questions."""
    if not allows(actor.role, MEETING_READ):
        return []
    weeks = policy_now(actor.own_school).trial_weeks
    return cards(actor, list(_new_bonds(actor, weeks)), weeks)


def first_meeting(actor: Actor, pk: UUID) -> FirstMeetingCard | None:
    weeks = policy_now(actor.own_school).trial_weeks
    return next(iter(cards(actor, list(_new_bonds(actor, weeks).filter(pk=pk)), weeks)), None)


def cards(actor: Actor, bonds: Sequence[Mentorship], weeks: int) -> list[FirstMeetingCard]:
    ids = [bond.student_id for bond in bonds]
    groups, clubs = classes_of(ids, today()), _clubs([bond.student for bond in bonds])
    of_student = actor.role == Role.STUDENT
    made = []
    for bond in bonds:
        group = groups.get(bond.student_id)
        profile = getattr(bond.mentor, "profile", None)
        meeting: FirstMeeting | None = getattr(bond, "first_meeting", None)
        known = _to_student if of_student else _to_mentor
        made.append(
            FirstMeetingCard(
                bond,
                str(bond.mentor) if of_student else bond.student.person.name,
                bond.mentor.subject if of_student else group.name() if group else "未分班",
                "" if of_student else bond.student.get_lodging_display(),
                profile if of_student else None,
                tuple(known(bond, profile, clubs[bond.student_id]))[:SHOWN],
                meeting.note if meeting else "",
                trial_last(bond, weeks),
                of_student,
            )
        )
    return made


def _clubs(students: Collection[Student]) -> dict[UUID, list[Club]]:
    found: dict[UUID, list[Club]] = defaultdict(list)
    members = ClubMember.objects.of(student=students).filter(span_at(today()))
    for member in members.select_related("club"):
        found[member.student_id].append(member.club)
    return found


def _shared(club: Club, interests: str) -> bool:
    """Whether a club and the mentor's interests name the same thing: 「围棋社」 and 「围棋、跑步」."""
    words = [word for word in re.split(r"[\s、，,；;和/]+", interests) if len(word) > 1]
    return any(word in club.name or club.name in word for word in words)


def _strengths(profile: MentorProfile | None, side: int) -> list[str]:
    return [BY_STRENGTH[code][side] for code in (profile.good_at if profile else ()) if code in BY_STRENGTH]


def _to_student(bond: Mentorship, profile: MentorProfile | None, clubs: Sequence[Club]) -> list[str]:
    said = [
        f"{bond.mentor}也指导你所在的{club}，可以从那里说起。"
        for club in clubs
        if club.adviser_id == bond.mentor_id
    ]
    interests = profile.interests if profile else ""
    said += [f"你在{club}，{bond.mentor}也喜欢这个。" for club in clubs if _shared(club, interests)]
    if interests and not said:
        said.append(f"{bond.mentor}的兴趣是{interests}，有没有你也喜欢的？")
    return [*said[:1], *_strengths(profile, 0)[:1], *TO_STUDENT]


def _to_mentor(bond: Mentorship, profile: MentorProfile | None, clubs: Sequence[Club]) -> list[str]:
    interests = profile.interests if profile else ""
    said = [f"TA 在{club}，和您的兴趣相近。" for club in clubs if _shared(club, interests)]
    said += [f"TA 在{club}，最近在忙什么？" for club in clubs]
    if bond.student.lodging == Lodging.BOARDING:
        said.append("TA 住校：晚自习以后一般做什么，周末怎么过？")
    elif bond.student.lodging == Lodging.DAY:
        said.append("TA 走读：路上要多久，早晚赶不赶？")
    first, how = TO_MENTOR
    return [first, *said[:1], *_strengths(profile, 1)[:1], how]
