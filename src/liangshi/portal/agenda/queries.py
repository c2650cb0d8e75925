"""我的待办: everything that waits for this person under this hat, once each, and gone when the deed exists.

Nothing is stored. Each room says what is still open; the list is the answer of this moment, so an item closes
itself. An item's `title` may name a student, since only its owner reads it; `neutral` leaves the house with the
calendar and never does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.sealed import digest
from liangshi.portal.agenda.models import CalendarFeed
from liangshi.practice.growth.policy import GOAL_WRITE
from liangshi.practice.growth.queries import due_goals
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.policy import ANSWER_WRITE, ROUND_MANAGE, WISH_WRITE
from liangshi.practice.matching.queries import my_rounds, rounds_under_way, to_answer
from liangshi.practice.needs.choices import NEED_LIVE, NeedState
from liangshi.practice.needs.policy import NEED_DECIDE, NEED_MANAGE, NEED_READ
from liangshi.practice.needs.queries.needs import needs
from liangshi.practice.relations.choices import AWAY_NOW, AbsenceState
from liangshi.practice.relations.policy import (
    ABSENCE_MANAGE,
    CHANGE_ANSWER,
    CHANGE_DECIDE,
    HANDOVER_WRITE,
)
from liangshi.practice.relations.queries.absences import absences
from liangshi.practice.relations.queries.changes import changes_under_way, offers, waits_for_office
from liangshi.practice.relations.queries.handovers import waiting_letters
from liangshi.practice.talks import queries as talks
from liangshi.practice.talks.choices import OPEN_STATES
from liangshi.practice.talks.policy import EVENT_LEAD, EVENT_READ, FOLLOWUP_WRITE, TALK_WRITE, UNMET_HANDLE
from liangshi.practice.talks.queries.unmet import open_unmet
from liangshi.practice.waiting.queries.students import waiting_for
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.links import address
from liangshi.registry.access.middleware import actor_of
from liangshi.registry.access.permissions import MENTOR_ASSIGN
from liangshi.registry.access.policy import allows
from liangshi.registry.people.choices import LEFT

SOON = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done: `key` names it for ever, `on` is the last day (None: no day), `url` leads to it."""

    key: str
    title: str
    neutral: str
    url: str
    icon: str = "list-checks"
    on: dt.date | None = None

    @property
    def tone(self) -> str:
        """Late things are said, never scolded: `warn`, not `bad`."""
        if self.on is None:
            return "quiet"
        return "warn" if self.on < today() else "info" if self.on <= today() + SOON else "quiet"

    @property
    def when(self) -> str:
        """「今天」, 「还有 3 天」, 「过了 2 天」, or ""."""
        if self.on is None:
            return ""
        days = (self.on - today()).days
        return "今天" if days == 0 else f"还有 {days} 天" if days > 0 else f"过了 {-days} 天"


Source = Callable[[Actor], Iterable[Due]]


def _student_rounds(actor: Actor) -> Iterable[Due]:
    """What a student has not yet said in an open round."""
    if not allows(actor.role, WISH_WRITE):
        return
    for mine in my_rounds(actor):
        if mine.round.state == RoundState.OPEN and mine.round.lists and mine.submitted_at is None:
            yield Due(
                f"wish:{mine.pk}",
                f"填「{mine.round.title}」的志愿",
                "填导师志愿",
                reverse("rounds:my_round", args=[mine.round_id]),
                "heart-handshake",
                _day(mine.round.closes_at),
            )


def _answers(actor: Actor) -> Iterable[Due]:
    """Rounds that wait for a mentor's answers."""
    if allows(actor.role, ANSWER_WRITE):
        for mentor in to_answer(actor):
            until = mentor.round.answers_until or mentor.round.closes_at
            url = reverse("rounds:answer", args=[mentor.round_id])
            title = f"回应「{mentor.round.title}」里的学生"
            yield Due(f"answer:{mentor.pk}", title, "回应匹配里的学生", url, "message-circle", _day(until))


ROUND_WAITS = {
    RoundState.CLOSED: ("运算「{}」", "匹配运算"),
    RoundState.PROPOSED: ("看「{}」的提案", "看匹配提案"),
}


def _rounds(actor: Actor) -> Iterable[Due]:
    """The office's next step in each round under way."""
    if not allows(actor.role, ROUND_MANAGE):
        return
    for row in rounds_under_way(actor):
        url = reverse("rounds:round", args=[row.pk])
        if row.state in {RoundState.OPEN, RoundState.ANSWERING}:
            until = row.answers_until if row.state == RoundState.ANSWERING else row.closes_at
            title = f"「{row.title}」到时间截止"
            yield Due(f"close:{row.pk}:{row.state}", title, "匹配填报截止", url, "shuffle", _day(until))
        elif row.state in ROUND_WAITS:
            title, neutral = ROUND_WAITS[RoundState(row.state)]
            yield Due(f"round:{row.pk}:{row.state}", title.format(row.title), neutral, url, "shuffle")


def _windows(actor: Actor) -> Iterable[Due]:
    """Open key moments in which a mentor has not yet talked with all of his students; none while he carries a heavy
    event (`talks.lighter`)."""
    if not allows(actor.role, TALK_WRITE) or talks.lighter(actor.staff_id, today()):
        return
    for row in talks.untalked(actor):
        count, window = len(row.students), row.window
        words = f"与 {count} 名学生谈心谈话（{window.title}）"
        key = f"window:{window.opens_on}:{window.last_on}:{'-'.join(row.grades)}:{window.title}"
        yield Due(key, words, words, reverse("talks:new"), "message-circle", window.last_on)


def _follow_ups(actor: Actor) -> Iterable[Due]:
    if allows(actor.role, FOLLOWUP_WRITE):
        for row in talks.follow_ups(actor):
            url = reverse("talks:follow_ups")
            kind = row.get_kind_display()
            yield Due(f"follow-up:{row.pk}", kind, "谈话之后的事", url, "list-checks", row.due_on)


def _events(actor: Actor) -> Iterable[Due]:
    """Life events: a lead is wanted (there is none, or he has left the school), or this person leads."""
    if not allows(actor.role, EVENT_READ):
        return
    if allows(actor.role, EVENT_LEAD):
        nobody = Q(lead=None) | Q(lead__state__in=LEFT)
        wanted = list(talks.events(actor).filter(nobody, state__in=OPEN_STATES))
        until = talks.lead_by(wanted)
        for row in wanted:
            title, url = f"给{row.student}的事定一位主谈人", reverse("talks:event", args=[row.pk])
            yield Due(f"event:{row.pk}:lead", title, "定一位主谈人", url, "heart-handshake", until[row.pk])
    for row in talks.to_lead(actor) if actor.hat.staff_id else ():
        title, url = f"和{row.student}谈一谈", reverse("talks:event", args=[row.pk])
        yield Due(f"event:{row.pk}", title, "跟进一件事", url, "heart-handshake", row.target_on)


def _talks(actor: Actor) -> Iterable[Due]:
    """A talk that was begun and not saved, and talks that were promised."""
    if not allows(actor.role, TALK_WRITE):
        return
    for draft in talks.drafts(actor, talks.writable(actor)):
        url, title = f"{reverse('talks:new')}?draft={draft.key}", f"没写完的谈话：{draft.who}"
        yield Due(f"draft:{draft.key}", title, "没写完的一条记录", url, "pencil")
    for row in talks.promised(actor):
        who = "、".join(str(each) for each in row.known[:3])  # type: ignore[attr-defined]
        url = address(actor, "talks:new", student=str(row.known[0].student_id)) if row.known else ""  # type: ignore[attr-defined]
        yield Due(f"next:{row.pk}", f"约好再和{who}谈", "约好的谈话", url, "message-circle", row.next_on)


def _goals(actor: Actor) -> Iterable[Due]:
    if allows(actor.role, GOAL_WRITE):
        for goal in due_goals(actor):
            url = f"{reverse('dossier:student', args=[goal.student_id])}?part=aims"
            title = f"回头看目标：{goal.text}"
            yield Due(f"goal:{goal.pk}", title, "回头看一个目标", url, "flag", goal.review_on)


def _letters(actor: Actor) -> Iterable[Due]:
    if allows(actor.role, HANDOVER_WRITE):
        for row in waiting_letters(actor):
            url = reverse("relations:handover", args=[row.pk])
            yield Due(f"letter:{row.pk}", "写、读交接信", "交接信", url, "mail")


def _changes(actor: Actor) -> Iterable[Due]:
    """Requests for the office to decide, and students whom a mentor is asked to take."""
    if allows(actor.role, CHANGE_DECIDE):
        for row in changes_under_way(actor):
            if waits_for_office(row):
                url = reverse("relations:change", args=[row.pk])
                yield Due(f"change:{row.pk}", "办理一份换导师申请", "换导师申请", url, "repeat", row.meet_on)
    if allows(actor.role, CHANGE_ANSWER):
        for row in offers(actor):
            url = reverse("relations:offer", args=[row.pk])
            yield Due(f"offer:{row.pk}", "学校请您接一名学生", "接一名学生", url, "repeat", row.answer_by)


def _absences(actor: Actor) -> Iterable[Due]:
    if not allows(actor.role, ABSENCE_MANAGE):
        return
    for row in absences(actor).filter(state__in=sorted(AWAY_NOW)):
        url = reverse("relations:absence", args=[row.pk])
        if row.state == AbsenceState.WAITING:
            title = f"给{row.staff}的学生找接任导师"
            yield Due(f"absence:{row.pk}", title, "安排接任导师", url, "users", row.starts_on)
        elif row.back_on:
            title = f"{row.staff}预计返岗"
            yield Due(f"absence:{row.pk}:back", title, "一位导师预计返岗", url, "users", row.back_on)


def _without_mentor(actor: Actor) -> Iterable[Due]:
    """Students who came by themselves and are to have a mentor within five school days: one line for all."""
    if not allows(actor.role, MENTOR_ASSIGN):
        return
    rows = [row for row in waiting_for(actor) if row.due]
    if rows:
        words = f"给 {len(rows)} 名学生配导师"
        first = min(row.due for row in rows if row.due)
        yield Due(f"waiting:{actor.own_school}", words, words, reverse("waiting:waiting"), "users", first)


def _needs(actor: Actor) -> Iterable[Due]:
    """Needs that a leader decides, that the office staffs, that are to be looked at again."""
    if not allows(actor.role, NEED_READ):
        return
    decides, manages = allows(actor.role, NEED_DECIDE), allows(actor.role, NEED_MANAGE)
    for row in needs(actor).filter(state__in=sorted(NEED_LIVE)):
        url = reverse("needs:need", args=[row.pk])
        if decides and row.state == NeedState.PROPOSED and row.proposed_by_id != actor.person_id:
            yield Due(f"need:{row.pk}", f"决定{row.student}的多位导师", "决定一件特需", url, "users")
        elif manages and row.state == NeedState.APPROVED:
            yield Due(f"need:{row.pk}:staff", f"给{row.student}选协同导师", "选协同导师", url, "users")
        elif manages and row.state == NeedState.STAFFED and row.review_on <= today() + SOON:
            title = f"复核{row.student}的多位导师"
            yield Due(f"need:{row.pk}:review", title, "复核一件特需", url, "users", row.review_on)


def _unmet(actor: Actor) -> Iterable[Due]:
    """Students who have not met their mentor yet: the office gets in touch within two school days."""
    if allows(actor.role, UNMET_HANDLE):
        for held in open_unmet(actor):
            title = f"联系{held.row.student}：还没见过导师"
            key, url = f"unmet:{held.row.pk}", reverse("talks:unmet")
            yield Due(key, title, "联系一名学生", url, "phone", held.row.due_on)


def _day(moment: dt.datetime | None) -> dt.date | None:
    return localtime(moment).date() if moment else None


SOURCES: tuple[Source, ...] = (
    _student_rounds,
    _answers,
    _rounds,
    _windows,
    _follow_ups,
    _events,
    _talks,
    _goals,
    _letters,
    _changes,
    _absences,
    _without_mentor,
    _needs,
    _unmet,
)


def agenda(actor: Actor) -> list[Due]:
    """All that is due, the nearest day first; what has no day comes last."""
    items = [item for source in SOURCES for item in source(actor)]
    return sorted(items, key=lambda item: (item.on is None, item.on or dt.date.max, item.title))


def has_feed(actor: Actor) -> bool:
    return CalendarFeed.objects.filter(account__person=actor.person_id, hat=actor.hat.key).exists()


def reader_of(token: str) -> Actor | None:
    """Whose calendar this secret opens: the account under that hat, if he still wears it today."""
    feed = (
        CalendarFeed.objects.filter(token_digest=digest(token), account__is_active=True)
        .select_related("account__person")
        .first()
    )
    actor = actor_of(feed.account, feed.hat) if feed else None
    return actor if feed and actor and actor.hat.key == feed.hat else None
