"""Talks as an actor may open them, and what follows from them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.records import writing
from liangshi.foundation.records.models import STANDING
from liangshi.practice.talks.choices import Family, FollowUpKind
from liangshi.practice.talks.models import TEXT, FollowUp, Talk, TalkStudent, TalkTag
from liangshi.practice.talks.policy import FOLLOWUP_WRITE, TALK_READ
from liangshi.practice.talks.rules import (
    charged_with,
    in_his_care,
    known,
    left_to_others,
    may_read_remarks,
    may_read_text,
    mentees,
)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Permission
from liangshi.registry.access.queries import active, labelled, students
from liangshi.registry.people.queries import still_here
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.moments import FORECAST_DAYS


def talks(actor: Actor) -> QuerySet[Talk]:
    """The talks that the actor may open, newest first; `known` are the students he may see named, `heads` counts all."""
    return (
        Talk.objects.seen_by(actor, TALK_READ)
        .select_related("author__person")
        .annotate(heads=Count("students"))
        .prefetch_related(_tags(), Prefetch("students", _named_to(actor), to_attr="known"))
    )


def _tags() -> Prefetch[Any]:
    return Prefetch("tags", TalkTag.objects.as_system("what the talks in hand were about"))


def _named_to(actor: Actor) -> QuerySet[TalkStudent]:
    rows = TalkStudent.objects.as_system("the rule `known`").filter(known(actor))
    return rows.select_related("student__person").order_by("created_at", "pk")


def talk_for(actor: Actor, pk: UUID, permission: Permission[Talk] = TALK_READ) -> Talk | None:
    """A talk as the actor may open it: its text is handed out to whom its level lets read it."""
    row = (
        Talk.objects.seen_by(actor, permission)
        .filter(pk=pk)
        .select_related("author__person", "school", "event__student__person", "event__lead__person")
        .prefetch_related(_tags())
        .first()
    )
    if row is not None:
        hand_out(row, "void_reason", *(TEXT if may_read_text(actor, row) else ()))
    return row


def participants(actor: Actor, talk: Talk) -> tuple[list[TalkStudent], int]:
    """The students of a talk whom the actor may see named, and how many others took part."""
    named = list(_named_to(actor).filter(talk=talk))
    if may_read_remarks(actor):
        for each in named:
            hand_out(each, "remark")
    heads = TalkStudent.objects.as_system("how many they were").filter(talk=talk).count()
    return named, heads - len(named)


def codes(talk: Talk) -> tuple[list[str], list[str]]:
    """A talk's strategies and topics, each in the order of their lists."""
    held = {tag.code for tag in talk.tags.all()}
    strategies = [code for code in Strategy.values if code in held]
    return strategies, sorted(held - set(strategies))


def mentee_options(actor: Actor) -> list[tuple[Any, str]]:
    """The actor's students today, with a label that tells homonyms apart."""
    return labelled(active(students(actor)).filter(mentees(actor)))


def writable(actor: Actor) -> list[tuple[Any, str]]:
    """The students about whom a mentor may record a talk: his own, and those whose open life event he leads."""
    rows = mentee_options(actor)
    others = in_his_care(actor).exclude(pk__in=[row.pk for row, _ in rows])
    away = set(others.filter(mentees(actor)).values_list("pk", flat=True))
    return [
        *rows,
        *(
            (row, f"{row.person.name}（{'暂不在读' if row.pk in away else '您是主谈人'}）")
            for row in others.select_related("person")
        ),
    ]


@dataclass(frozen=True, slots=True)
class Version:
    """What a talk said before its correction number `number`."""

    number: int
    until: Any
    facts: dict[str, Any]

    @property
    def title(self) -> str:
        return f"第 {self.number} 次的写法"


def versions(talk: Talk) -> list[Version]:
    """The earlier texts of a talk, newest first. Only for its author."""
    return [Version(row.number, row.created_at, json.loads(row.content)) for row in writing.versions(talk)]


PROMISED = dt.timedelta(days=14)  # a talk that was promised is reminded of that long after its day


def promised(actor: Actor) -> list[Talk]:
    """Talks in which it says when the next one is to be, and after which there was none with any of their students: his
    own, and while the author has none of them at hand those of students who are the actor's to prompt for. Two
    questions."""
    day = today()
    later = TalkStudent.objects.filter(
        Q(talk__author=actor.staff_id) | Q(talk__author=OuterRef("author")),
        talk__voided_at__isnull=True,
        talk__day__gt=OuterRef("day"),
        student__in=TalkStudent.objects.filter(talk=OuterRef(OuterRef("pk"))).values("student"),
    )
    rows = talks(actor).filter(
        STANDING,
        (Q(author=actor.staff_id) & ~left_to_others()) | (charged_with(actor) & left_to_others()),
        next_on__gte=day - PROMISED,
        next_on__lte=day + dt.timedelta(days=FORECAST_DAYS),
    )
    return list(rows.filter(~Exists(later)).order_by("next_on"))


# A follow-up stands as long as its talk says so: a correction or a voiding takes it away.
_STANDS = Q(talk__voided_at__isnull=True) & (
    Q(kind=FollowUpKind.FAMILY, talk__family=Family.NEEDED)
    | Q(kind=FollowUpKind.CONSULT, talk__family=Family.UNFIT)
)


def of_those_here() -> Exists:
    """Of a follow-up: whether somebody whom its talk is about has not left. Else it waits for nobody."""
    return Exists(TalkStudent.objects.filter(still_here(), talk=OuterRef("talk")))


def follow_ups(actor: Actor) -> QuerySet[FollowUp]:
    """What the actor has still to do after talks, by date; `talk.known` are the students whom he may see named."""
    rows = FollowUp.objects.seen_by(actor, FOLLOWUP_WRITE).filter(
        _STANDS, of_those_here(), done_at__isnull=True
    )
    return rows.select_related("talk__author__person").prefetch_related(
        Prefetch("talk__students", _named_to(actor), to_attr="known")
    )


def wrote(actor: Actor, talk: Talk) -> bool:
    return talk.author_id == actor.hat.staff_id


def named_in(row: FollowUp) -> list[TalkStudent]:
    """Of a row of `follow_ups`: the students of its talk whom the actor may see named."""
    return row.talk.known  # type: ignore[attr-defined,no-any-return]


def follow_up_for(actor: Actor, pk: UUID) -> FollowUp | None:
    return FollowUp.objects.seen_by(actor, FOLLOWUP_WRITE).filter(pk=pk).first()
