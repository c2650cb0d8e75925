"""The steps of a request for another mentor that more than one deed takes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import settle_office, tell_officers, tell_people
from liangshi.practice.relations import audit
from liangshi.practice.relations.choices import CHANGE, Asker, ChangeState
from liangshi.practice.relations.models import ChangeRequest
from liangshi.practice.relations.rules import deciders
from liangshi.practice.relations.transitions import NOT_NOW, OFF
from liangshi.registry.access.choices import Role
from liangshi.registry.people.choices import LEFT


def step(row: ChangeRequest, event: str, **also: Any) -> None:
    """Whatever happens to a request settles what the office was told of it before."""
    CHANGE.move(row, event, **also)
    settle_office(row.mentorship.mentor.school_id, key_of(row))


def key_of(row: ChangeRequest) -> str:
    return f"change:{row.pk}"


def moved(row: ChangeRequest, event: str, actor: Doer) -> Deed:
    return Deed(audit.CHANGE_MOVED, actor, school=row.mentorship.mentor.school_id, about=row, event=event)


def tell_deciders(row: ChangeRequest, title: str) -> None:
    """Each of those who decide, without a name. Nobody whom the request is about: he works in the office too."""
    tell_officers(
        [(grant.person_id, grant.role) for grant in deciders(row.mentorship)],
        row.mentorship.mentor.school_id,
        title=title,
        url=reverse("relations:office"),
        key=key_of(row),
    )


def you(row: ChangeRequest) -> str:
    """How whoever has asked is spoken to."""
    return "你" if row.asker == Asker.STUDENT else "您"


def needless(row: ChangeRequest) -> None:
    """It comes to nothing: the colleague who was asked to take the student does not have to answer any more."""
    if row.state == ChangeState.AGREED and row.target and row.target.state not in LEFT:
        tell_people(
            [row.target.person_id], role=Role.MENTOR, school=row.target.school_id, student=None, title=OFF,
            url=reverse("home:home"),
        )  # fmt: skip


def decline(row: ChangeRequest, *, actor: Doer, said: str = NOT_NOW) -> None:
    """The mentor who was asked says no, without giving a reason, or cannot; the office finds another. What he has not
    declined himself does not vanish without a word: it goes as it does where nobody wants it any more."""
    with moved(row, "decline", actor):
        if said != NOT_NOW:
            needless(row)
        step(row, "decline", target=None, answer_by=None, declined_by=row.target)
        tell_deciders(row, said)
