"""What matching shows on the pages of others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import day_of
from liangshi.foundation.base.faces import Due, Form, fills_in, fixed
from liangshi.foundation.ui.shell import ListRow
from liangshi.practice.matching.choices import COMPULSORY, RoundState
from liangshi.practice.matching.models import Round
from liangshi.practice.matching.policy import ANSWER_WRITE, ROUND_MANAGE, WISH_WRITE
from liangshi.practice.matching.queries.answers import to_answer
from liangshi.practice.matching.queries.published import published_placements
from liangshi.practice.matching.queries.rounds import rounds_under_way
from liangshi.practice.matching.queries.students import my_rounds
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import Context, Desk, Place, Spot, bond_card, card, due, link, nav, rows
from liangshi.registry.access.links import address
from liangshi.registry.mentorships.choices import Kind

# Rounds: what is due

ROUND_WAITS = {
    RoundState.CLOSED: ("运算「{}」", "匹配运算"),
    RoundState.PROPOSED: ("看「{}」的提案", "看匹配提案"),
}


def _day(moment: dt.datetime | None) -> dt.date | None:
    return day_of(moment) if moment else None


@due("wish", WISH_WRITE)
def _wishes(actor: Actor) -> Iterable[Due]:
    """What a student has not yet said in an open round."""
    for mine in my_rounds(actor):
        if mine.round.state == RoundState.OPEN and mine.round.lists and mine.submitted_at is None:
            title, url = f"填「{mine.round.title}」的志愿", reverse("rounds:my_round", args=[mine.round_id])
            yield Due(f"{mine.pk}", title, "填导师志愿", url, "heart-handshake", _day(mine.round.closes_at))


@due("answer", ANSWER_WRITE)
def _answers(actor: Actor) -> Iterable[Due]:
    """Rounds that wait for a mentor's answers."""
    for mentor in to_answer(actor):
        until = mentor.round.answers_until or mentor.round.closes_at
        title, url = f"回应「{mentor.round.title}」里的学生", reverse("rounds:answer", args=[mentor.round_id])
        yield Due(f"{mentor.pk}", title, "回应匹配里的学生", url, "message-circle", _day(until))


@due("round", ROUND_MANAGE)
def _rounds(actor: Actor) -> Iterable[Due]:
    """The office's next step in each round under way."""
    for row in rounds_under_way(actor):
        key, url = f"{row.pk}:{row.state}", reverse("rounds:round", args=[row.pk])
        if row.state in {RoundState.OPEN, RoundState.ANSWERING}:
            until = row.answers_until if row.state == RoundState.ANSWERING else row.closes_at
            yield Due(key, f"「{row.title}」到时间截止", "匹配填报截止", url, "shuffle", _day(until))
        elif row.state in ROUND_WAITS:
            title, neutral = ROUND_WAITS[RoundState(row.state)]
            yield Due(key, title.format(row.title), neutral, url, "shuffle")


# Rounds: home pages

nav(50, "rounds:list", "匹配", "shuffle")
nav(70, "rounds:mine", "选导师", "heart-handshake")
link("rounds:list", "匹配", {Role.LEADER: 10, Role.CLERK: 10}, icon="shuffle", sub="征询志愿、运算、公布")


@card(Place.TOP, "rounds/cards/choose.html", {Role.STUDENT: 30})
def _choose_first(desk: Desk) -> Context | None:
    """Who has no mentor chooses one before anything else."""
    return None if any(desk.bonds.values()) else _choose(desk)


@card(Place.BELOW, "rounds/cards/choose.html", {Role.STUDENT: 10})
def _choose_later(desk: Desk) -> Context | None:
    return _choose(desk) if any(desk.bonds.values()) else None


def _choose(desk: Desk) -> Context | None:
    url = address(desk.actor, "rounds:mine")
    return {"url": url} if url else None


@card(Place.TOP, "rounds/cards/asking.html", {Role.MENTOR: 30})
def _asking(desk: Desk) -> Context:
    return {"asking": to_answer(desk.actor)}


def _behind(actor: Actor) -> list[Round]:
    """The published rounds that gave the actor's students their mentors, newest first."""
    found = {each.round.pk: each.round for each in published_placements(actor)}
    return sorted(found.values(), key=lambda row: row.created_at, reverse=True)


@rows("rounds:rules", {Role.MENTOR: 80})
def _rules_rows(desk: Desk) -> Iterable[ListRow]:
    for row in _behind(desk.actor):
        url = reverse("rounds:rules", args=[row.pk])
        yield ListRow(row.title, url, sub="学生是怎样匹配给您的", icon="shuffle")


@card(Place.BELOW, "rounds/cards/rules.html", {Role.ADVISER: 20})
def _rules_card(desk: Desk) -> Context:
    return {"rounds": _behind(desk.actor)}


@bond_card(Spot.MENTOR_NOTES, "rounds/cards/why.html", 20, private=True)
def _why(desk: Desk) -> Mapping[UUID, Context]:
    """Why this mentor, while the student still has the one whom the round gave him."""
    given = {each.student.pk: each for each in published_placements(desk.actor)}
    return {
        bond.pk: {"published": given[student]}
        for student, bonds in desk.bonds.items()
        for bond in bonds
        if student in given
        and bond.kind == Kind.PRIMARY
        and any(each.mentor_id == given[student].mentor.pk for each in bonds)
    }


# Rounds: what it costs

fills_in(
    100,
    Form(
        "answer",
        "双向选择时回应学生",
        1,
        "每名填报您的学生点一下；不回应算愿意",
        fixed(COMPULSORY["answer"], verdict="愿意、一般或暂不合适"),
    ),
)
