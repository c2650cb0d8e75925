"""What the foundation plants: a notice to one person, one to an office, and an entry of the log with its detail."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.audit.actions import record
from liangshi.foundation.audit.models import Entry
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.notices.models import Notice
from liangshi.portal.dossier.audit import STUDENT_OPENED
from liangshi.registry.access.choices import Role
from tests.walk.world import Side

PUBLIC = {
    "base.ScheduledRun.job": "the name of a job in the code",
    "base.WorkerBeat.worker": "the name of a process",
    "base.FormTime.form": "the key of a form",
    "audit.Chain.key": "the key of a school",
    "audit.Chain.head": "a digest",
    "audit.Chain.signature": "of a digest",
    "audit.Entry.chain": "the key of a school",
    "audit.Entry.type": "a code",
    "audit.Entry.account": "an opaque key",
    "audit.Entry.subject": "an opaque key",
    "audit.Entry.salt": "random",
    "audit.Entry.detail_digest": "a digest",
    "audit.Entry.previous": "a digest",
    "audit.Entry.hash": "a digest",
    "notices.Notice.role": "a code",
    "records.Draft.form": "the key of a form",
    "notices.Notice.key": "a code and opaque keys, shown nowhere",
}

# To whom, under which hat, about which student; and who reads it: under that hat alone, and while he may read him.
TOLD: tuple[tuple[str, str, int | None, str], ...] = (
    ("mentor", Role.MENTOR, 0, "mentor"),
    ("mentor", Role.MENTOR, 3, ""),
    ("mentor", Role.ADVISER, 0, ""),
    ("former_mentor", Role.MENTOR, 0, ""),
    ("former_mentor", Role.MENTOR, None, "former_mentor"),
    ("co_mentor", Role.MENTOR, 0, "co_mentor"),
    ("caretaker", Role.MENTOR, 0, "caretaker"),
    ("caretaker", Role.CLERK, 0, "caring_clerk"),
    ("caretaker", EVERY_HAT, None, "caretaker caring_clerk"),
    ("adviser", Role.ADVISER, 0, "adviser"),
    ("adviser", Role.ADVISER, 3, ""),
    ("adviser", Role.GUARDIAN, 3, ""),
    ("lead", Role.MENTOR, None, "lead"),
    ("lead", Role.MENTOR, 0, ""),
    ("student", Role.STUDENT, 0, "student"),
    ("student", Role.STUDENT, 1, ""),
    ("guardian", Role.GUARDIAN, 0, "guardian"),
    ("guardian", Role.GUARDIAN, 1, ""),
    ("restricted_guardian", Role.GUARDIAN, 0, ""),
    ("restricted_guardian", Role.GUARDIAN, 1, "restricted_guardian"),
)


class _Doer:
    def __init__(self, side: Side) -> None:
        self.account_id, self.chain = None, str(side.troupe.school.pk)
        self.name = side.mark("audit.Entry.actor", at={"office": "dossier:log"})
        self.hat_label = side.mark("audit.Entry.hat", at={"office": "dossier:log"})


def plant(side: Side) -> None:
    record(
        STUDENT_OPENED, _Doer(side), obj=side.mark("audit.Entry.object"), subjects=[side.student.pk],
        said=side.mark("audit.Entry.detail"),
    )  # fmt: skip
    assert Entry.objects.filter(subject=str(side.student.pk)).exists()
    home, school = reverse("home:home"), side.troupe.school.pk
    mine = Notice.objects.create(
        person=side.people["mentor"].pk, role=Role.MENTOR, school=school,
        title=side.mark("notices.Notice.title", "mentor", "to a person"),
        url=f"{home}?{side.mark('notices.Notice.url', at={'mentor': 'home:notice'})}",
    )  # fmt: skip
    Notice.objects.create(
        school=school,
        role=Role.CLERK,
        title=side.mark("notices.Notice.title", "clerks", "to an office"),
        url=home,
    )
    side.keys("home:notice", (mine, side.people["mentor"]))
    for name, role, number, readers in TOLD:
        if name in side.people:
            row = Notice.objects.create(
                person=side.people[name].pk, role=role, school=None if role == EVERY_HAT else school,
                student=None if number is None else side.students[number].pk, url=home,
                title=side.mark("notices.Notice.title", readers, f"to {name} as {role} about {number}"),
            )  # fmt: skip
            side.keys("home:notice", (row, readers))
