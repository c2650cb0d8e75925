"""The first meeting: where and when, in one line, if anybody likes."""

from __future__ import annotations

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.practice.relations import audit
from liangshi.practice.relations.models import FirstMeeting
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.profiles import contact_in


def note_meeting(bond: Mentorship, note: str, *, actor: Actor) -> None:
    """Write where the two mean to meet; both see it. Raises DomainError `note_has_contact`."""
    if found := contact_in(note):
        raise DomainError("note_has_contact", f"这里像是写了{found}。约在学校里就好，请去掉。", field="note")
    with Deed(audit.MEETING_NOTED, actor, subjects=[bond.student_id]):
        FirstMeeting.objects.update_or_create(mentorship=bond, defaults={"note": note.strip()})
