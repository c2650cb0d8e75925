"""Ask, say the second word, print, and be stopped by the owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.notices.actions import settle_office
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.slips import audit
from liangshi.practice.slips.choices import Kind, Whom
from liangshi.practice.slips.models import SlipLine, SlipRequest
from liangshi.practice.slips.policy import SLIP_DECIDE
from liangshi.practice.slips.queries import (
    Recipient,
    active_accounts,
    dormant,
    gave_the_reset,
    leading,
    leads,
    officers_of,
    recipients,
    working,
)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.decisions import Decisions
from liangshi.registry.access.hats import places_of
from liangshi.registry.access.policy import BUREAUS, OFFICE
from liangshi.registry.accounts.actions import GOOD_FOR, drop_codes, issue_codes, met
from liangshi.registry.accounts.models import Account, ActivationCode
from liangshi.registry.people.models import Student
from liangshi.registry.schools.models import ClassGroup, School

WAITING = "slips"  # the key under which the office is told


def ask(
    school: School,
    whom: Whom,
    people: Sequence[Recipient],
    *,
    what: str,
    actor: Actor,
    group: ClassGroup | None = None,
    student: Student | None = None,
    in_person: bool = False,
) -> SlipRequest:
    """Ask for slips for these people; another one agrees before they are printed.

    Several at once are people who have not opened their account yet. One who is in use is reset, of which he is told at
    once, or was met (`in_person`) after that. Raises `nobody_waits`, `asked_already`, `nothing_to_prove`.
    """
    if not people:
        raise DomainError("nobody_waits", "这些人都已经启用了账号。要给某一位换，请在他的页面申请。")
    owners = [row.account.person_id for row in people]
    kind = _kind(people, in_person)
    if len(people) == 1 and working(owners, school.pk):
        whom, student = Whom.STAFF, None  # what the account opens counts, not from which page it is asked
    with Deed(
        audit.SLIPS_ASKED,
        actor,
        school=school.pk,
        subjects=_students(people),
        kind=kind.value,
        count=len(people),
    ) as deed:
        School.objects.select_for_update().get(pk=school.pk)  # orders two taps
        if kind != Kind.FIRST:
            _ask_once(kind, school, lines__account=people[0].account)
        elif len(people) > 1:
            _ask_once(kind, school, whom=whom, group=group, student=None)
        row = SlipRequest.objects.create(
            school=school,
            kind=kind,
            whom=whom,
            what=what,
            group=group,
            student=student,
            above=leads(owners) or (kind == Kind.MET and whom == Whom.STAFF),
            by_bureau=actor.role in BUREAUS,
            asked_by_id=actor.person_id,
            asked_as=actor.role,
        )
        SlipLine.objects.bulk_create(
            [SlipLine(request=row, account=each.account) for each in people], batch_size=500
        )
        deed.about = row
        deed.tell_office(OFFICE, title=_waits(row), url=reverse("slips:list"), key=f"{WAITING}:{row.pk}")
        if kind == Kind.RESET:
            deed.tell(
                owners,
                role=EVERY_HAT,
                student=None,
                title="有人替您申请换启用字条，不是您要换的，请马上叫停",
                url=reverse("slips:own"),
            )
    return row


def _students(people: Sequence[Recipient]) -> list[UUID]:
    return sorted({row.student for row in people if row.student})


def _kind(people: Sequence[Recipient], in_person: bool) -> Kind:
    account = people[0].account
    if in_person:
        if not account.locked and not account.narrowed_to:
            raise DomainError("nothing_to_prove", "这个账号没有要核实的：没有重设过，或者本人已经核实。")
        return Kind.MET
    return Kind.RESET if len(people) == 1 and account.is_activated else Kind.FIRST


def _ask_once(kind: Kind, school: School, **same: object) -> None:
    """Of each school: none learns from a refusal that another one has asked for somebody, nor waits for it."""
    rows = SlipRequest.objects.filter(school=school, kind=kind, state=Decision.ASKED, stopped_at__isnull=True)
    if rows.filter(**same).exists():
        raise DomainError("asked_already", "已经申请过了，正等另一位确认。")


def _waits(row: SlipRequest) -> str:
    return f"{row.what}：{row.get_kind_display()}，等另一位确认"


class SlipDecisions(Decisions[SlipRequest]):
    """The second word. Nobody says it about himself; about who leads the school only a leader or the bureau."""

    def waiting(self, actor: Actor) -> QuerySet[SlipRequest]:
        rows = super().waiting(actor).filter(stopped_at=None).exclude(lines__account__person=actor.person_id)
        return rows if actor.role in SAYS_ABOVE else rows.filter(above=False)

    def take(self, row: SlipRequest, step: str, *, url: str, actor: Actor, reason: str = "") -> SlipRequest:
        with (
            together("the second word on a slip"),
            everywhere("whom it is about may be known elsewhere as well"),
        ):
            SlipRequest.objects.select_for_update().get(pk=row.pk)  # orders it against the owner who stops it
            row.refresh_from_db(fields=["stopped_at"])
            owners = list(row.lines.values_list("account__person_id", flat=True))
            if actor.person_id in owners:
                raise DomainError("own_decision", "这是给您自己的字条，请另一位来确认。")
            works = len(owners) == 1 and working(owners, row.school_id)
            if works and (
                actor.role == Role.ADVISER or (row.kind == Kind.MET and actor.role not in SAYS_ABOVE)
            ):
                raise DomainError("not_yours", "TA也是本校教职工，请校领导、学校办公室或教育局来确认。")
            if (row.above or leads(owners)) and actor.role not in SAYS_ABOVE:
                raise DomainError("not_yours", "这张字条要由另一位校领导或教育局确认。")
            if row.by_bureau and actor.role in BUREAUS and officers_of(row.school_id) - {*owners}:
                raise DomainError("not_yours", "是教育局申请的，请学校里的另一位来确认。")
            if row.kind == Kind.MET and _is_stale(row):
                raise DomainError("stale", "这次核实是更早一次重设以前提出的。还要核实的话，请重新提出。")
            if row.kind == Kind.MET and _same_two(row, actor):
                raise DomainError("same_two", "重设密码和当面核实，不能都由同样的两位。请另一位来确认。")
            if row.stopped_at:
                raise DomainError("stopped", "本人已经叫停了这次申请。")
            decided = super().take(row, step, url=url, actor=actor)
            settle_office(row.school_id, f"{WAITING}:{row.pk}")
            if step == "agree" and row.kind == Kind.MET:
                _met(row, actor)
        return decided


def _same_two(row: SlipRequest, actor: Actor) -> bool:
    """Whether the two who say that they met him are two who gave a reset that was used."""
    two = {row.asked_by_id, actor.person_id}
    return any(two <= pair for pair in gave_the_reset(row.lines.get().account))


def _is_stale(row: SlipRequest) -> bool:
    """Whether the first word was said before the account was locked, as it is now: about another time."""
    account = row.lines.get().account
    return account.locked_at is None or row.created_at < account.locked_at


SAYS_ABOVE = frozenset({Role.LEADER, Role.CITY, Role.COUNTY})
DECISIONS = SlipDecisions(SLIP_DECIDE, audit.SLIPS_DECIDED, "启用字条")


def _met(row: SlipRequest, actor: Actor) -> None:
    for line in row.lines.select_related("account__person"):
        whole = places_of(line.account.person, today()) <= {str(row.school_id)}
        met(line.account, whole=whole, actor=actor)


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one person. The code is shown this once and stored nowhere."""

    name: str
    group: str
    login: str
    code: str
    last_day: dt.date


def print_slips(row: SlipRequest, *, actor: Actor) -> list[Slip]:
    """New codes for a request that another one has agreed to, for whoever still belongs to the school and has not used
    one of this request; codes that they hold already stop working.

    Raises `not_agreed`, `too_late`, `nobody_waits`.
    """
    with Deed(audit.SLIPS_PRINTED, actor, school=row.school_id, about=row) as deed:
        row = SlipRequest.objects.select_for_update().select_related("school").get(pk=row.pk)
        if not row.is_agreed or row.kind == Kind.MET:
            raise DomainError("not_agreed", "还没有另一位确认，不能打印。")
        if row.last_day is None or today() > row.last_day:
            raise DomainError("too_late", "确认已经超过 7 天，请重新申请。")
        people = _still_below(row, recipients(row, _to_open(row)))
        if not people:
            raise DomainError("nobody_waits", "这些人都已经启用了账号，没有要打印的字条。")
        codes = issue_codes(
            [each.account for each in people],
            actor=actor,
            place=str(row.school_id),
            resets=row.kind == Kind.RESET,
            request=row.pk,
        )
        SlipRequest.objects.filter(pk=row.pk).update(printed_at=now())
        deed.subjects = _students(people)
        deed.note(count=len(people), accounts=[str(each.account.pk) for each in people])
    return [_slip(each, codes) for each in people]


def _slip(each: Recipient, codes: Mapping[UUID, str]) -> Slip:
    last_day = timezone.localdate(now() + GOOD_FOR)
    return Slip(each.name, each.group, each.account.login, codes[each.account.pk], last_day)


def _still_below(row: SlipRequest, people: list[Recipient]) -> list[Recipient]:
    """Without those who lead by now, or of families those who work here, where the second word was nobody's who may
    say it about them."""
    owners = [each.account.person_id for each in people]
    above = set() if row.above else leading(owners)
    if row.whom == Whom.GUARDIANS:
        above |= working(owners, row.school_id)
    return [each for each in people if each.account.person_id not in above]


def _to_open(row: SlipRequest) -> QuerySet[Account]:
    """Accounts that this request may still open: no more than was asked for, and each once."""
    if row.kind == Kind.FIRST:
        return _without_slip(row)
    used = ActivationCode.objects.filter(request=row.pk, used_at__isnull=False)
    return active_accounts().exclude(pk__in=used.values("account"))


def _without_slip(row: SlipRequest) -> QuerySet[Account]:
    """Who waits and has no slip of another request that still opens it: a teacher who is a parent here too has one
    account, and his slip stays good. Whoever asks for one person means him."""
    if row.lines.count() == 1:
        return dormant()
    good = ActivationCode.objects.filter(used_at__isnull=True, expires_at__gt=now()).exclude(request=row.pk)
    return dormant().exclude(pk__in=good.values("account"))


def stop(row: SlipRequest, *, actor: Actor) -> None:
    """The owner did not want it: codes open nothing any more, and the office is told. Twice changes nothing.
    Raises `used`."""
    with (
        everywhere("the owner stops it, whatever hat he wears"),
        Deed(audit.SLIPS_STOPPED, actor, school=row.school_id, about=row) as deed,
    ):
        if row.is_used:
            raise DomainError(
                "used", "这张字条已经用过，叫停来不及了。请马上改密码、退出其他设备，再到学校办公室说明。"
            )
        if not SlipRequest.objects.filter(pk=row.pk, stopped_at__isnull=True).update(stopped_at=now()):
            deed.nothing()
            return
        drop_codes(row.lines.values_list("account", flat=True))
        deed.settle(f"{WAITING}:{row.pk}")
        deed.tell_office(
            OFFICE,
            title=f"{row.what}：本人说没有要换字条，已叫停。请核对是谁申请的",
            url=reverse("slips:list"),
            key=f"slips-stopped:{row.pk}",
        )
