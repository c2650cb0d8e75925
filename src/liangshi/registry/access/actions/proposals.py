"""Roles are proposed by one and agreed to by another: given, extended, replaced, laid down (`offices` says who may)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.clock import last_day, spelled, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.names import tidy
from liangshi.foundation.deeds import Deed, noted, together
from liangshi.foundation.notices.actions import settle_office, tell_officers, tell_people
from liangshi.foundation.records.decisions import DECISION, Decision, demand_another
from liangshi.foundation.records.models import STANDING
from liangshi.foundation.records.writing import voided
from liangshi.registry.access import audit
from liangshi.registry.access.actions.grants import (
    Appointment,
    Term,
    appointed,
    close,
    colleague,
    demand_at_work,
    demand_in_force,
    demand_not_held,
    enter,
    grant,
    known_there,
    newcomer,
    page_of,
    tell_account,
    tell_school,
    waits,
)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Does, Role, Way
from liangshi.registry.access.models import GrantProposal, RoleGrant, in_force
from liangshi.registry.access.offices import FOUNDERS, LAST, Office, Place, office_at, place_of
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.people.models import Person


def propose(term: Term, *, name: str, staff_no: str = "", actor: Actor) -> GrantProposal | Appointment:
    """Propose that somebody gets a role: at a school named by 工号 and name, at a bureau by name.

    The first of an empty school takes office at once, and the log of the school and of the city says so. Raises what
    `Term.check` raises, `no_right`, `needs_staff_no`, `not_in_roster`, `staff_no_taken`, `has_left`, `grant_held`,
    `own_decision`, `proposed_already`.
    """
    return _proposed(Does.NEW, term, name, staff_no, None, actor)


def replace(
    former: RoleGrant, *, name: str, staff_no: str = "", ends_on: dt.date, reason: str, actor: Actor
) -> GrantProposal:
    """Propose that somebody else takes over: the former's grant ends when the new one begins. Raises as `propose`."""
    term = _same(former, ends_on, reason)
    made = _proposed(Does.REPLACE, term, name, staff_no, former, actor)
    assert isinstance(made, GrantProposal)
    return made


def extend(former: RoleGrant, *, ends_on: dt.date, reason: str, actor: Actor) -> GrantProposal:
    """Propose that somebody goes on. Raises as `propose`, and `not_longer`."""
    demand_another(former.person_id, actor.person_id, "自己的续任请由另一位负责人提出。", field="")
    if ends_on <= former.ends_on:
        raise DomainError(
            "not_longer", f"现在就到 {spelled(last_day(former.ends_on))}，续任要晚于这一天。", field="ends_on"
        )
    made = _proposed(Does.EXTEND, _same(former, ends_on, reason), former.person.name, "", former, actor)
    assert isinstance(made, GrantProposal)
    return made


def resign(former: RoleGrant, *, reason: str, actor: Actor) -> GrantProposal:
    """Propose to lay down one's own office. Raises `not_own`, `last_one`, `no_right`, `grant_over`,
    `proposed_already`, `grant_needs_reason`."""
    if former.person_id != actor.person_id:
        raise DomainError("not_own", "只有本人能提出卸任。要结束别人的身份，请点「结束」。")
    if not reason.strip():
        raise DomainError("grant_needs_reason", "请写一句原因。", field="reason")
    place = place_of(former)
    with Deed(audit.GRANT_PROPOSED, actor, school=place.chain, does=Does.RESIGN.value) as deed:
        office = enter(place, actor)
        demand_in_force(former)
        if not (office.of_school or office.without(actor.person_id).city):
            raise DomainError("last_one", LAST)
        row = _saved(
            Does.RESIGN, place, actor, former=former, person=former.person, name=former.person.name,
            role=former.role, cohort=former.cohort, title=former.title, reason=reason.strip(),
        )  # fmt: skip
        deed.about = row
        _tell_deciders(row, place, office)
    return row


def withdraw(row: GrantProposal, *, actor: Actor) -> None:
    """Take back what one has proposed oneself. Raises `not_own`, `proposal_withdrawn`, `proposal_decided`."""
    if row.asked_by_id != actor.person_id:
        raise DomainError("not_own", "只有提出的人能撤回。不赞成，请点「不同意」。")
    place = place_of(row)
    with Deed(audit.GRANT_WITHDRAWN, actor, school=place.chain, about=row):
        row, _ = _taken(row, place)
        if row.state != Decision.ASKED:
            raise DomainError("proposal_decided", f"它已经是「{row.get_state_display()}」，不能再撤回。")
        voided(row, "提出人撤回")
        _settle(row)


def _same(former: RoleGrant, ends_on: dt.date, reason: str) -> Term:
    return Term(
        place=place_of(former), role=Role(former.role), ends_on=ends_on, reason=reason, cohort=former.cohort,
        title=former.title,
    )  # fmt: skip


def _proposed(
    does: Does, term: Term, name: str, staff_no: str, former: RoleGrant | None, actor: Actor
) -> GrantProposal | Appointment:
    term.check()
    name, staff_no, place = tidy(name), staff_no.strip(), term.place
    with Deed(audit.GRANT_PROPOSED, actor, school=place.chain, does=does.value, role=term.role.value) as deed:
        office = enter(place, actor)
        if former:
            demand_in_force(former)
        if office.empty:
            deed.nothing()
            return _founded(term, name, staff_no, actor)
        person = former.person if does == Does.EXTEND and former else _meant(place, name, staff_no, actor)
        if person:
            demand_another(
                person.pk, actor.person_id, "不能给自己授予身份，请由另一位负责人办理。", field="name"
            )
            demand_not_held(term, person, former)
        row = _saved(
            does, place, actor, former=former, person=person, name=name, staff_no=staff_no, role=term.role,
            cohort=term.cohort, title=term.title, ends_on=term.ends_on, reason=term.reason.strip(),
        )  # fmt: skip
        deed.about = row
        _tell_deciders(row, place, office)
    return row


def _tell_deciders(row: GrantProposal, place: Place, office: Office) -> None:
    """That something waits: those of the school who may decide it, where nobody there may the city."""
    title = f"{row.get_does_display()}：{row.name}·{row.office}，等您决定"
    deciders = [(person, role.value) for person, role in office.deciders(row)]
    own = [each for each in deciders if each[1] != Role.CITY]
    school = place.school.pk if own and place.school else None
    tell_officers(own or deciders, school, title=title, url=page_of(place), key=waits(row))


def _settle(row: GrantProposal) -> None:
    """What has been decided or taken back waits for nobody any more."""
    settle_office(row.school_id, waits(row))


def _saved(does: Does, place: Place, actor: Actor, **fields: object) -> GrantProposal:
    same = ("role", "cohort", "name", "staff_no")
    waiting = GrantProposal.objects.filter(STANDING, **place.fields, state=Decision.ASKED, does=does)
    if waiting.filter(
        **{name: fields.get(name) or ("" if name == "staff_no" else None) for name in same}
    ).exists():
        raise DomainError("proposed_already", "同样的提议已经在等另一位来定了，不用再提。")
    return GrantProposal.objects.create(
        **place.fields, **fields, does=does, asked_by_id=actor.person_id, asked_as=actor.role
    )


def _founded(term: Term, name: str, staff_no: str, actor: Actor) -> Appointment:
    """The one exception, said in both logs."""
    assert term.place.school
    if term.role not in FOUNDERS:
        raise DomainError("founds_with_office", "新学校先授予校领导或学校办公室。", field="role")
    person = colleague(term.place.school, staff_no, name) or newcomer(term.place.school, staff_no, name)
    by = actor.person_id
    row = grant(person, term, actor=actor, proposed_by=by, decided_by=None, way=Way.FOUNDING)
    for chain in (term.place.chain, actor.chain):
        noted(audit.FOUNDED, actor, school=chain, about=row, at=term.place.chain)
    return appointed(row, actor)


def _meant(place: Place, name: str, staff_no: str, actor: Actor) -> Person | None:
    """Whom a proposal means, as far as whoever proposes may know; None: the name and the 工号 are kept as they are."""
    if place.school is None:
        return known_there(place, name)
    if actor.role != Role.LEADER:
        return None
    return colleague(place.school, staff_no, name)


# To decide


@dataclass(frozen=True, slots=True)
class _Decider:
    """Who decides: somebody in a role, or the operator, who is no person here."""

    actor: Doer
    person: UUID | None = None
    role: str = ""


def agree(row: GrantProposal, *, actor: Actor) -> Appointment | None:
    """Agree to a proposal; returns the grant that begins, None where somebody lays his office down.

    All is asked again as it is now. Raises `proposal_withdrawn`, `invalid_transition`, `proposer_gone`, `not_yours`,
    what is said of whom is meant (`propose`), `grant_over`.
    """
    return _agreed(row, _Decider(actor, actor.person_id, actor.role))


def agree_at_keyboard(row: GrantProposal, *, actor: Doer) -> Appointment | None:
    """The operator agrees, where nobody else is left to. Raises `not_at_keyboard`, and as `agree`."""
    return _agreed(row, _Decider(actor))


def at_keyboard() -> list[GrantProposal]:
    """What waits for the operator, the oldest first."""
    waiting = GrantProposal.objects.as_system("what waits for the operator")
    rows = waiting.filter(STANDING, state=Decision.ASKED)
    rows = rows.select_related("asked_by", "person", "former__person", "school", "bureau", "cohort")
    return [row for row in rows if office_at(place_of(row)).at_keyboard(row)]


def refuse(row: GrantProposal, *, actor: Actor) -> GrantProposal:
    """Refuse a proposal; whoever proposed it is told. Raises as `agree`, the proposer's own standing aside."""
    place = place_of(row)
    with Deed(audit.GRANT_REFUSED, actor, school=place.chain, about=row) as deed:
        row, office = _taken(row, place)
        _demand_decider(office, row, _Decider(actor, actor.person_id, actor.role))
        row = DECISION.move(row, "refuse", decided_by=actor.person_id, decided_on=today())
        _settle(row)
        said = f"您提出的「{row.name}·{row.get_role_display()}」：不同意"
        deed.tell([row.asked_by_id], role=row.asked_as, student=None, title=said, url=page_of(place))
    return row


def _taken(row: GrantProposal, place: Place) -> tuple[GrantProposal, Office]:
    """The proposal as it is, while nobody else decides about roles here, and who is in office."""
    place.lock()
    with_names = GrantProposal.objects.select_related(
        "person", "former__person", "school", "bureau", "cohort"
    )
    row = with_names.get(pk=row.pk)
    if row.voided_at:
        raise DomainError("proposal_withdrawn", "这份提议已经撤回，或者它的身份已经结束，不用再定了。")
    return row, office_at(place)


def _demand_decider(office: Office, row: GrantProposal, by: _Decider) -> None:
    if by.person is None:
        if not office.at_keyboard(row):
            raise DomainError("not_at_keyboard", "这份提议有人可以同意，请由他登录后办理。")
    elif said := office.refusal(row, by.person, by.role):
        raise DomainError("not_yours", said)


def _agreed(row: GrantProposal, by: _Decider) -> Appointment | None:
    place = place_of(row)
    with together("a proposal is agreed to"):
        row, office = _taken(row, place)
        if not office.may_propose(row.asked_by_id, row.asked_as):
            said = "提出的人已经不在任了，这份提议不能再同意。需要的话请重新提出。"
            raise DomainError("proposer_gone", said)
        _demand_decider(office, row, by)
        keyboard = by.person is None
        row = DECISION.move(row, "agree", decided_by=by.person, decided_on=today(), at_keyboard=keyboard)
        _settle(row)
        if row.does == Does.RESIGN:
            _laid_down(row, by)
            return None
        return _began(row, place, by)


def _laid_down(row: GrantProposal, by: _Decider) -> None:
    assert row.former
    demand_in_force(row.former)
    close(row.former, by=by.person, reason=f"卸任：{row.reason}"[:100], actor=by.actor)


def _began(row: GrantProposal, place: Place, by: _Decider) -> Appointment:
    assert row.ends_on
    term = Term(
        place=place,
        role=Role(row.role),
        ends_on=row.ends_on,
        reason=row.reason,
        cohort=row.cohort,
        title=row.title,
    )
    person = _person_of(row, place, by)
    if row.does == Does.EXTEND and row.former:
        demand_in_force(row.former)
    demand_not_held(term, person, row.former)
    made = grant(
        person, term, actor=by.actor, proposed_by=row.asked_by_id, decided_by=by.person,
        way=Way.TWO if by.person else Way.KEYBOARD, follows=row.former,
    )  # fmt: skip
    GrantProposal.objects.filter(pk=row.pk).update(person=person)
    if row.former and RoleGrant.objects.filter(in_force(today()), pk=row.former.pk).exists():
        ended_by = row.asked_by_id if by.person == row.former.person_id else by.person
        why = "续任" if row.does == Does.EXTEND else f"由{person}接替"
        close(row.former, by=ended_by, reason=why, actor=by.actor, tell=row.does == Does.REPLACE)
    appointment = appointed(made, by.actor)
    _tell_of(made, row)
    return appointment


def _person_of(row: GrantProposal, place: Place, by: _Decider) -> Person:
    """Who is meant, looked up now; a school without a roster learns of a newcomer. Whoever is not of the school hears
    that something does not fit, and not what the roster says."""
    if place.school is None:
        return row.person or known_there(place, row.name) or Person.objects.create(name=row.name)
    try:
        if row.person:
            demand_at_work(place.school, row.person)
            return row.person
        return colleague(place.school, row.staff_no, row.name) or newcomer(
            place.school, row.staff_no, row.name
        )
    except DomainError as refusal:
        if by.role in OFFICE:
            raise
        said = "这个人和学校名册对不上，现在不能授予。请学校核对以后重新提出。"
        raise DomainError("does_not_match", said) from refusal


def _tell_of(made: RoleGrant, row: GrantProposal) -> None:
    place, role, until = place_of(made), made.get_role_display(), f"到 {spelled(last_day(made.ends_on))}"
    tell_account(made.person_id, f"您的身份「{role}」{until}有效，换身份就能用", reverse("home:hats"))
    tell_people(
        [row.asked_by_id],
        role=row.asked_as,
        school=place.school.pk if place.school and row.asked_as in OFFICE else None,
        student=None,
        title=f"您提出的「{made.person}·{role}」：同意",
        url=page_of(place),
    )
    tell_school(place, f"{made.person}现在是{role}，{until}", f"grant:{made.pk}")
