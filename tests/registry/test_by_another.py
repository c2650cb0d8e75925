"""Nobody decides what he has asked for, nor what favours himself: every table with a decision, held by the database.

Each field that names the person who did something stands here: with the constraint that keeps it from the one who asked,
or with the reason why nobody can be both. A new one that stands nowhere fails.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import Row
from liangshi.practice.needs.choices import NeedCategory
from liangshi.practice.needs.models import Need
from liangshi.practice.relations.models import Concern
from liangshi.practice.rosters.models import OwnPost
from liangshi.practice.slips.models import SlipRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import GrantProposal, RoleGrant
from liangshi.registry.mentorships.actions import ask_exception, decide_exception, leave_out
from liangshi.registry.mentorships.models import NotMentoringSpan, RatioException
from liangshi.registry.people.models import Person
from tests.asking import refused
from tests.cast import Cast, givers, installer

pytestmark = [pytest.mark.django_db, pytest.mark.both]

# Field that decides → the field whose person it must not be → the constraint.
HELD: dict[str, dict[str, str]] = {
    "access.RoleGrant.decided_by": {
        "person": "grant_decided_by_another",
        "proposed_by": "grant_decided_by_another_than_proposed",
    },
    "access.RoleGrant.proposed_by": {"person": "grant_proposed_by_another"},
    "access.RoleGrant.ended_by": {"person": "grant_ended_by_another"},
    "access.GrantProposal.decided_by": {
        "asked_by": "proposal_decided_by_another",
        "person": "proposal_decided_by_another_than_meant",
    },
    "mentorships.RatioException.decided_by": {
        "asked_by": "ratioexception_decided_by_another",
        "person": "exception_decided_by_another",
    },
    "mentorships.NotMentoringSpan.decided_by": {"person": "left_out_by_another"},
    "needs.Need.decided_by": {"asked_by": "need_decided_by_another"},
    "slips.SlipRequest.decided_by": {"asked_by": "sliprequest_decided_by_another"},
    "rosters.OwnPost.decided_by": {"asked_by": "ownpost_decided_by_another"},
    "relations.Concern.decided_by": {
        "asked_by": "concern_closed_by_another",
        "about": "concern_not_closed_by_whom_it_names",
    },
}
FREE: dict[str, str] = {
    "access.GrantProposal.asked_by": "asks; whom he means is kept apart by proposal_for_another",
    "mentorships.RatioException.asked_by": "asks",
    "needs.Need.asked_by": "asks",
    "slips.SlipRequest.asked_by": "asks",
    "rosters.OwnPost.asked_by": "asks, for himself",
    "relations.Concern.asked_by": "tells it",
    "mentorships.Exemption.decided_by": "a member of staff decides it about a student, who never can",
    "relations.ChangeRequest.asked_by": "asks; the office deals with it, and never whom it is about (rules)",
    "relations.Absence.registered_by": "registers; who leaves for good does not register it himself (leaves_oneself)",
    "matching.ManualMove.by": "moves a student on a proposal, which the whole result is checked with again",
    "matching.FairnessSeen.by": "says that he has seen figures",
    "plans.Policy.made_by": "decides for the whole school, in a version with his name",
    "rollover.Rollover.run_by": "runs what was rehearsed; a leader undoes it within seven days",
    "rollover.Rollover.reversed_by": "undoes it",
    "rosters.ImportJob.uploaded_by": "uploads",
    "burden.BurdenCap.set_by": "the city sets a cap, in public",
    "talks.LifeEvent.reported_by": "reports",
    "talks.Unmet.contacted_by": "has got in touch",
    "growth.Goal.set_by": "writes",
    "growth.SubjectChoice.entered_by": "writes",
}


def doers() -> set[str]:
    """Every field of ours that says by whom."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if issubclass(model, Row) and not model._meta.label.startswith("tests.")
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model is Person
        and (field.name == "by" or field.name.endswith("_by") or field.name in {"leader", "approver"})
    }


def test_every_field_that_says_by_whom_stands_here() -> None:
    assert doers() == HELD.keys() | FREE.keys()
    assert not HELD.keys() & FREE.keys()


def decided(cast: Cast) -> dict[str, Any]:
    """A row of each table, decided as it should be."""
    one, two = givers()
    second, until = cast.own.posts["second"], today() + dt.timedelta(30)
    exception = ask_exception(
        second, extra=1, reason="x", until=until, by=one.pk, asked_as="leader", actor=installer()
    )
    decide_exception(exception, "agree", by=two.pk, actor=installer())
    granted = RoleGrant.objects.get(person=cast.person("clerk"))
    RoleGrant.objects.filter(pk=granted.pk).update(
        ended_at=exception.created_at, ended_by=one, ended_reason="x"
    )
    rows: list[models.Model] = [
        granted,
        GrantProposal.objects.create(
            asked_by=one, asked_as=Role.CITY, decided_by=two, decided_on=today(), state="agreed", name="x", reason="x",
            role=Role.CLERK, school=cast.own.school, ends_on=until, person=second.person,
        ),
        exception,
        leave_out(second, reason="newcomer", review_on=until, decided_by=one, actor=installer()),
        Need.objects.create(
            student=cast.own.student, category=NeedCategory.values[0], review_on=until, asked_by=one, decided_by=two,
            decided_on=today(),
        ),
        SlipRequest.objects.create(
            school=cast.own.school, kind="first", whom="staff", what="x", asked_by=one, asked_as=Role.CLERK,
            decided_by=two, decided_on=today(), state="agreed",
        ),
        OwnPost.objects.create(
            school=cast.own.school, staff=second, class_group=cast.own.class_2, asked_on=today(),
            asked_by=second.person, asked_as=Role.CLERK, decided_by=two, decided_on=today(), state="agreed",
        ),
        Concern.objects.create(
            student=cast.own.student, about=second.person, asker="clerk", asked_as=Role.CLERK, asked_by=one,
            reason="x", due_on=today(), state="closed", answer="x", decided_by=two, decided_on=today(),
        ),
    ]  # fmt: skip
    return {row._meta.label: row for row in rows}


@pytest.mark.parametrize(
    ("field", "other"), [(field, other) for field, others in HELD.items() for other in others]
)
def test_the_database_refuses_one_person_as_both(cast: Cast, field: str, other: str) -> None:
    label, name = field.rsplit(".", 1)
    row = decided(cast)[label]
    assert HELD[field][other] in {each.name for each in row._meta.constraints}
    same = type(row)._base_manager.filter(pk=row.pk)
    assert same.update(**{name: getattr(row, name)})
    with pytest.raises(IntegrityError, match=rf"{HELD[field][other]}|CHECK"), transaction.atomic():
        same.update(**{name: getattr(row, other)})


def test_nobody_lets_himself_have_more_nor_leaves_himself_out(cast: Cast) -> None:
    leader, until = cast.own.posts["leader"], today() + dt.timedelta(30)
    row = ask_exception(
        leader,
        extra=1,
        reason="x",
        until=until,
        by=cast.person("clerk").pk,
        asked_as="clerk",
        actor=installer(),
    )
    own = leader.person_id
    assert refused(lambda: decide_exception(row, "agree", by=own, actor=installer())) == "own_decision"
    by = leader.person
    code = refused(
        lambda: leave_out(leader, reason="newcomer", review_on=until, decided_by=by, actor=installer())
    )
    assert code == "own_decision"
    assert RatioException.objects.get().state == "asked"
    assert not NotMentoringSpan.objects.exists()


def test_an_exception_counts_from_when_another_has_agreed_and_is_asked_again_then(cast: Cast) -> None:
    """Of two that wait one is withdrawn, and together they stay within what is allowed."""
    one, two = givers()
    second, until = cast.own.posts["second"], today() + dt.timedelta(30)

    def ask(extra: int) -> RatioException:
        return ask_exception(
            second, extra=extra, reason="x", until=until, by=one.pk, asked_as="leader", actor=installer()
        )

    first = ask(6)
    assert refused(lambda: ask(1)) == "asked_already"
    decide_exception(first, "agree", by=two.pk, actor=installer())
    second_row = RatioException.objects.create(
        staff=second, person=second.person, extra=6, reason="x", until=until, asked_by=one
    )
    code = refused(lambda: decide_exception(second_row, "agree", by=two.pk, actor=installer()))
    assert code == "exception_too_large"
    decide_exception(second_row, "refuse", by=two.pk, actor=installer())
    again = refused(lambda: decide_exception(second_row, "agree", by=two.pk, actor=installer()))
    assert again in {"invalid_transition", "exception_too_large"}
