"""What the foundation plants: a notice to one person, one to an office, and an entry of the log with its detail."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.audit.actions import record
from liangshi.foundation.audit.models import Entry
from liangshi.foundation.notices.models import Notice
from liangshi.portal.dossier.audit import STUDENT_OPENED
from tests.walk.world import Side

PUBLIC = {
    "base.ScheduledRun.job": "the name of a job in the code",
    "base.WorkerBeat.worker": "the name of a process",
    "base.FormTime.form": "the key of a form",
    "audit.Chain.key": "the key of a school",
    "audit.Chain.head": "a digest",
    "audit.Entry.chain": "the key of a school",
    "audit.Entry.type": "a code",
    "audit.Entry.account": "an opaque key",
    "audit.Entry.subject": "an opaque key",
    "audit.Entry.detail_digest": "a digest",
    "audit.Entry.previous": "a digest",
    "audit.Entry.hash": "a digest",
    "notices.Notice.role": "a code",
    "records.Draft.form": "the key of a form",
    "notices.Notice.key": "a code and opaque keys, shown nowhere",
}


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
    home = reverse("home:home")
    mine = Notice.objects.create(
        person=side.people["mentor"].pk,
        school=side.troupe.school.pk,
        role="mentor",
        title=side.mark("notices.Notice.title", "mentor", "to a person"),
        url=f"{home}?{side.mark('notices.Notice.url', at={'mentor': 'home:notice'})}",
    )
    Notice.objects.create(
        school=side.troupe.school.pk, role="clerk", title=side.mark("notices.Notice.title", "clerks", "to an office"),
        url=home,
    )  # fmt: skip
    side.keys("home:notice", (mine, side.people["mentor"]))
