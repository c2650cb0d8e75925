"""Record a talk once, correct it with its history kept, void it; do what follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import F, Min
from django.urls import reverse
from django.utils import timezone

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.timing import note_time
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import tell_people
from liangshi.foundation.records import writing
from liangshi.foundation.records.levels import Level
from liangshi.practice.talks import audit
from liangshi.practice.talks.actions.days import demand_open
from liangshi.practice.talks.actions.drafts import DRAFTS
from liangshi.practice.talks.actions.events import advance
from liangshi.practice.talks.choices import (
    CONSULT_DAYS,
    FAMILY_DAYS,
    OPEN_STATES,
    TALK_FORM,
    Cause,
    EventState,
    Family,
    FollowUpKind,
)
from liangshi.practice.talks.models import FollowUp, LifeEvent, Talk, TalkStudent, TalkTag, Unmet
from liangshi.practice.talks.policy import TALK_WRITE
from liangshi.practice.talks.queries.talks import codes, of_those_here
from liangshi.practice.talks.rules import in_care, mentees
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import officers
from liangshi.registry.access.care import charge_of
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import COUNSELS, Person, Staff, Student, StudentSpan
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.days import calendar_of, school_days_after


@dataclass(frozen=True, slots=True)
class TalkFacts:
    """What a form says of a talk. `level` None asks for the default: 2 with 心理疏导, else 1."""

    day: dt.date
    mode: str
    strategies: Sequence[str]
    topics: Sequence[str] = ()
    time: dt.time | None = None
    place: str = ""
    cause: str = ""
    gist: str = ""
    agreed: str = ""
    next_on: dt.date | None = None
    level: int | None = None
    shared: bool = False
    family: str = ""
    event_id: UUID | None = None
    event_reason: str = ""
    remarks: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def kept_level(self) -> int:
        if self.level is not None:
            return self.level
        return Level.AUTHOR if Strategy.XL in self.strategies else Level.SCHOOL


def save_talk(*, students: Sequence[UUID], facts: TalkFacts, key: UUID, actor: Actor, mark: str = "") -> Talk:
    """Record a talk with one of the actor's students or several; the same form again gives the same talk. `mark`
    says since when the form was open (`foundation.base.timing`).

    Raises DomainError `saved_already` (from another page, in other words), `not_your_student`,
    `talk_needs_student`, a refusal of `_check`, `year_closed`, `event_not_theirs`, `event_has_a_lead` or
    `talk_needs_event`.
    """
    keys = list(dict.fromkeys(students))
    return DRAFTS.save(
        key,
        lambda: _write(keys, facts, key, actor, mark),
        same=lambda held: _same(held, facts, keys),
        actor=actor,
    )


def _write(keys: Sequence[UUID], facts: TalkFacts, key: UUID, actor: Actor, mark: str) -> Talk:
    _check(facts)
    _check_remarks(facts, keys)
    with Deed(audit.TALK_SAVED, actor, subjects=keys) as deed:
        _require_his(keys, actor)
        demand_open(deed.school, [facts.day], keys)
        _check_day(facts.day, keys)
        event = _event(facts, keys, actor)
        _require_event(keys, event, actor)
        deed.about = talk = Talk.objects.create(
            school_id=deed.school,
            author_id=actor.staff_id,
            key=key,
            event=event,
            **_fields(facts, saved_on=today()),
        )
        note_time(TALK_FORM, deed.school, mark)
        remarks = {each: facts.remarks.get(each, "").strip() for each in keys}
        TalkStudent.objects.bulk_create(
            [TalkStudent(talk=talk, student_id=each, remark=text) for each, text in remarks.items()]
        )
        _tag(talk, facts)
        _follow(talk)
        _met(talk, keys, deed)
        if event and event.lead_id == actor.staff_id and event.state == EventState.LED:
            advance(event, "follow", actor=actor)
    return talk


def _same(held: Talk, facts: TalkFacts, keys: Sequence[UUID]) -> bool:
    """Whether a talk says what this form sends."""
    return (
        writing.says(held, _fields(facts, saved_on=timezone.localdate(held.created_at)))
        and held.event_id == facts.event_id
        and {tag.code for tag in held.tags.all()} == {*facts.strategies, *facts.topics}
        and {each.student_id: each.remark for each in held.students.all()}
        == {key: facts.remarks.get(key, "").strip() for key in keys}
    )


def _require_his(keys: Sequence[UUID], actor: Actor) -> None:
    if not keys:
        raise DomainError("talk_needs_student", "请点选和谁谈的。", field="students")
    if Student.objects.filter(in_care(actor), pk__in=keys).count() < len(keys):
        raise DomainError(
            "not_your_student",
            "选的学生里有人现在不由您指导（名单可能刚变过）。请在下面重新点选，其余填好的都还在。",
            field="students",
        )


def _require_event(keys: Sequence[UUID], event: LifeEvent | None, actor: Actor) -> None:
    """About a student whom he only leads in an event, he writes what concerns this event."""
    led = event.student_id if event and event.lead_id == actor.staff_id else None
    his = Student.objects.filter(mentees(actor), pk__in=keys).values_list("pk", flat=True)
    if {*keys} - {*his, led}:
        raise _needs_event()


def _needs_event() -> DomainError:
    return DomainError(
        "talk_needs_event",
        "不由您指导的学生，您是为一件事做主谈人：请在「是为这件事谈的吗」里点上 TA 的那件事，一次记一件。",
        field="event",
    )


def _check_remarks(facts: TalkFacts, keys: Sequence[UUID]) -> None:
    """Nothing that was written may be lost: a remark needs its student."""
    lost = [key for key, text in facts.remarks.items() if text.strip() and key not in keys]
    if lost:
        about = Student.objects.as_system("the names of those whom he has just written about")
        names = "、".join(str(row) for row in about.filter(pk__in=lost).select_related("person"))
        raise DomainError(
            "remark_without_student",
            f"写了只关于{names}的备注，但没有点选{'TA' if len(lost) == 1 else '他们'}。请点上，或者删掉这段备注。",
            field="students",
        )


def _check_day(day: dt.date, keys: Sequence[UUID]) -> None:
    """A talk is not older than the student's time at the school: 2020 for 2026 is a slip of the thumb."""
    spans = StudentSpan.objects.filter(student__in=keys).values("student__person__name")
    for name, since in spans.annotate(since=Min("starts_on")).values_list("student__person__name", "since"):
        if day < since:
            raise DomainError(
                "talk_before_student", f"{day:%Y-%m-%d} {name}还没有入学。请核对日期。", field="day"
            )


def _check(facts: TalkFacts) -> None:
    if not facts.strategies:
        raise DomainError("talk_needs_strategy", "请至少点一项：谈的是哪方面。", field="strategies")
    if facts.day > today():
        raise DomainError(
            "talk_in_future", "日期在今天以后。谈过再记；要约下次，写在「下次」里。", field="day"
        )
    if facts.next_on and facts.next_on < facts.day:
        raise DomainError("next_before_talk", "「下次」要在这次之后。", field="next_on")
    if facts.shared and facts.kept_level == Level.AUTHOR:
        raise DomainError(
            "author_only_not_shared",
            "「导师自己」看的内容不能同时给学生看。请去掉「给TA看」，或者换一个级别。",
            field="shared",
        )


def _event(facts: TalkFacts, students: Sequence[UUID], actor: Actor) -> LifeEvent | None:
    """The event that the talk is about. Who is not its lead says why he talks about it."""
    if facts.event_id is None:
        return None
    event = (
        LifeEvent.objects.filter(pk=facts.event_id, student__in=students, state__in=OPEN_STATES)
        .select_related("lead__person")
        .first()
    )
    if event is None:
        raise DomainError("event_not_theirs", "这件事不是所选学生的，或者已经关闭。请重新选。", field="event")
    if event.followed_by and event.lead_id != actor.staff_id and not facts.event_reason.strip():
        raise DomainError(
            "event_has_a_lead",
            f"这件事{event.followed_by}。一件事多人来问会让学生为难；确实要由您来谈，请写一句原因。",
            field="event_reason",
        )
    return event


def _fields(facts: TalkFacts, *, saved_on: dt.date) -> dict[str, object]:
    return {
        "day": facts.day,
        "mode": facts.mode,
        "time": facts.time,
        "place": facts.place.strip(),
        "cause": facts.cause or (Cause.EVENT if facts.event_id else ""),
        "gist": facts.gist.strip(),
        "agreed": facts.agreed.strip(),
        "next_on": facts.next_on,
        "level": facts.kept_level,
        "shared": facts.shared,
        "family": facts.family,
        "event_reason": facts.event_reason.strip(),
        "late_by": max(0, (saved_on - facts.day).days),
    }


def _met(talk: Talk, students: Sequence[UUID], deed: Deed) -> None:
    """Whoever asked the school for a meeting with his mentor, and has it now, waits no more. Silently: the mentor learns of
    nothing."""
    open_ = Unmet.objects.as_system("whether a meeting was asked for").filter(
        student__in=students, contacted_at__isnull=True, created_at__date__lte=talk.day
    )
    rows = list(open_)
    charge = charge_of(students) if rows else {}
    for row in rows:
        mentor = charge.get(row.student_id)
        if mentor and mentor.pk == talk.author_id:
            ended = {"contacted_at": now(), "contacted_by": mentor.person}
            Unmet.objects.filter(pk=row.pk, contacted_at__isnull=True).update(**ended)
            deed.settle(f"unmet:{row.pk}")


def _tag(talk: Talk, facts: TalkFacts) -> None:
    TalkTag.objects.filter(talk=talk).delete()
    wanted = dict.fromkeys([*facts.strategies, *facts.topics])
    TalkTag.objects.bulk_create([TalkTag(talk=talk, code=code) for code in wanted])


def _follow(talk: Talk) -> None:
    """「需要」 is to be done in 3 days, by the author or whoever has the student in his charge by then; 「不宜告知」 is talked
    over within 2 school days with the psychology teacher, who is told no more than that; where there is none, with a
    leader. What was done before and is wanted again is open again."""
    author = talk.author.person
    if talk.family == Family.NEEDED:
        _open(talk, FollowUpKind.FAMILY, author, today() + dt.timedelta(days=FAMILY_DAYS))
    elif talk.family == Family.UNFIT:
        lead, role = _consulted(talk) or (author, Role.MENTOR)
        calendar = calendar_of(talk.school_id, today())
        _open(talk, FollowUpKind.CONSULT, lead, school_days_after(today(), CONSULT_DAYS, calendar))
        _tell_consulted(talk, lead, role)


def _tell_consulted(talk: Talk, lead: Person, role: str) -> None:
    if lead.pk != talk.author.person_id:
        tell_people(
            [lead.pk],
            role=role,
            school=talk.school_id,
            student=None,
            title=f"{talk.author}想和您当面商量一件与家长沟通有关的事",
            url=reverse("talks:follow_ups"),
        )


def consult_others(staff: Collection[UUID]) -> None:
    """These are at work no more: what one of them was asked to talk over, another is asked. It stays with him. Where all
    whom it is about have left, it passes on without a word."""
    rows = FollowUp.objects.as_system("what somebody was asked who is away now").filter(
        kind=FollowUpKind.CONSULT,
        done_at=None,
        talk__family=Family.UNFIT,
        talk__voided_at=None,
        owner__posts__in=staff,
        owner__posts__school=F("talk__school"),
    )
    asked = rows.exclude(owner=F("talk__author__person")).annotate(here=of_those_here())
    for row in asked.select_related("talk__author__person"):
        lead, role = _consulted(row.talk) or (row.talk.author.person, Role.MENTOR)
        if lead.pk != row.owner_id:
            FollowUp.objects.filter(pk=row.pk).update(owner=lead)
            if row.here:
                _tell_consulted(row.talk, lead, role)


def _open(talk: Talk, kind: FollowUpKind, owner: Person, due_on: dt.date) -> None:
    FollowUp.objects.update_or_create(
        talk=talk, kind=kind, defaults={"owner": owner, "due_on": due_on, "done_at": None}
    )


def _consulted(talk: Talk) -> tuple[Person, str] | None:
    """A psychology teacher on duty; else the school's leader (who has held the office longest), or its clerk; and the
    hat that it is for. Never one of the family, nor whom one of the students has named."""
    students = talk.students.values_list("student", flat=True)
    barred = set().union(*barred_of(students, today()).values())
    apart = set(Staff.objects.filter(pk__in=barred).values_list("person", flat=True))
    counsellors = Staff.objects.filter(COUNSELS, school=talk.school_id, state=StaffState.ON_DUTY)
    others = counsellors.exclude(pk=talk.author_id).exclude(person__in=apart)
    counsellor = others.select_related("person").order_by("staff_no").first()
    if counsellor:
        return counsellor.person, Role.MENTOR
    held = [grant for grant in officers(talk.school_id) if grant.person_id not in apart]
    first = sorted(held, key=lambda grant: grant.role != Role.LEADER)
    return (first[0].person, first[0].role) if first else None


def correct_talk(talk: Talk, facts: TalkFacts, *, version: int, actor: Actor) -> None:
    """Write a talk anew, at any time; what it said before is kept for its author.

    Raises DomainError `talk_changed` (corrected from another page), `talk_is_void`, or as `save_talk`.
    """
    _check(facts)
    with Deed(audit.TALK_CORRECTED, actor, about=talk) as deed:
        row = Talk.objects.select_for_update().prefetch_related("tags", "students").get(pk=talk.pk)
        _still(row, version)
        deed.subjects = students = [each.student_id for each in row.students.all()]
        demand_open(row.school_id, {row.day, facts.day}, students)
        _check_day(facts.day, students)
        wanted = row.family
        writing.correct(
            row,
            school=row.school_id,
            version=version,
            before=_snapshot(row),
            changed=_changed(),
            event=_event(facts, students, actor) if facts.event_id != row.event_id else row.event,
            **_fields(facts, saved_on=timezone.localdate(row.created_at)),
        )
        for each in row.students.all():
            if each.student_id in facts.remarks:
                TalkStudent.objects.filter(pk=each.pk).update(remark=facts.remarks[each.student_id].strip())
        _tag(row, facts)
        if not Talk.objects.filter(TALK_WRITE.rows(actor), pk=row.pk).exists():
            raise _needs_event()  # he would never find it again
        if row.family != wanted:
            _follow(row)


def _changed() -> DomainError:
    return DomainError(
        "talk_changed",
        "这条谈话刚在另一个页面改过，那一次还在。下面是您在这一页写的；要以这一页为准，请再点一次保存。",
    )


def _still(row: Talk, version: int) -> None:
    if row.voided_at:
        raise DomainError("talk_is_void", "这条谈话已经作废，不能再改。需要的话请新记一条。")
    if row.version != version:
        raise _changed()


def _snapshot(talk: Talk) -> dict[str, object]:
    strategies, topics = codes(talk)
    return {
        "day": talk.day,
        "time": talk.time and f"{talk.time:%H:%M}",
        "mode": talk.get_mode_display(),
        "cause": talk.get_cause_display(),
        "strategies": [Strategy(code).label for code in strategies],
        "topics": [str(tag) for tag in talk.tags.all() if tag.code in topics],
        "place": talk.place,
        "gist": talk.gist,
        "agreed": talk.agreed,
        "next_on": talk.next_on,
        "family": talk.get_family_display(),
        "event": talk.event and f"{talk.event.reported_on:%-m 月 %-d 日}上报的事",
        "event_reason": talk.event_reason,
        "level": talk.readers,
        "remarks": {str(each.student_id): each.remark for each in talk.students.all() if each.remark},
    }


def void_talk(talk: Talk, *, reason: str, actor: Actor) -> None:
    """Withdraw a talk; it counts for nothing from now on. Raises `needs_reason`, `talk_is_void`."""
    gone = DomainError("talk_is_void", "这条谈话已经作废了，不用再点。")
    with Deed(audit.TALK_VOIDED, actor, about=talk) as deed:
        writing.void(talk, reason=reason, example="选错了学生", gone=gone)
        deed.subjects = list(talk.students.values_list("student_id", flat=True))


def finish_follow_up(row: FollowUp, *, actor: Actor) -> None:
    """Tick it off. A second click changes nothing."""
    with Deed(audit.FOLLOW_UP_DONE, actor, about=row) as deed:
        if not FollowUp.objects.filter(pk=row.pk, done_at__isnull=True).update(done_at=now()):
            deed.nothing()
