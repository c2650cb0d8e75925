"""Notices from before hats: each goes to the hat it was written for, as far as recipient and link tell; what nobody can
tell stays under every hat. What names a student is about him, or does not name him any more."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import migrations

EVERY_HAT = "every"
BATCH = 500
OF_MENTORS = re.compile(r"^/(relations/offers|rounds/answers/)")
OF_STUDENTS = re.compile(r"^/rounds/mine")
ABOUT = re.compile(r"^/students/([0-9a-f-]{36})")
ONCE = re.compile(r"^(?:assign|returned):([0-9a-f-]{36}):[0-9-]+")  # the keys of what is told once
NAMELESS = (
    (re.compile(r"^导师调整：从今天起，(您新增学生.+|.+由.+指导)$"), "导师调整，请看您现在的学生"),
    (re.compile(r"^您对.+的协同指导结束了，谢谢您$"), "您对一名学生的协同指导结束了，谢谢您"),
    (re.compile(r"^(.+读了)您为.+写的交接信，接过去了$"), r"\1您写的交接信，接过去了"),
)


class Recipient:
    """What somebody is to us: his places as a student, his posts, his children; `more`: he has other hats from a post."""

    def __init__(self) -> None:
        self.students: list[Any] = []
        self.posts: list[Any] = []
        self.children: list[Any] = []
        self.more = False

    @staticmethod
    def _of_a_mentor(notice: Any) -> bool:
        return bool(OF_MENTORS.match(notice.url)) or notice.key.startswith("returned:")

    def address(self, notice: Any) -> None:
        """Give the notice its hat, or leave it under every one."""
        if notice.key.startswith("assign:") and len(self.posts) == 1:
            notice.role, notice.school = "adviser", self.posts[0].school_id
            return
        kinds = [kind for kind in (self.students, self.posts, self.children) if kind]
        if len(self.students) == 1 and (len(kinds) == 1 or OF_STUDENTS.match(notice.url)):
            notice.role, notice.student = "student", self.students[0].pk
            notice.school = self.students[0].school_id
        elif len(self.posts) == 1 and ((len(kinds) == 1 and not self.more) or self._of_a_mentor(notice)):
            notice.role, notice.school = "mentor", self.posts[0].school_id
        elif self.children and len(kinds) == 1:
            mine = [each for each in self.children if each.student.person.name in notice.title]
            if len(mine or self.children) == 1:
                (link,) = mine or self.children
                notice.role, notice.student = "guardian", link.student_id
                notice.school = link.student.school_id


def to_hats(apps: Any, editor: Any) -> None:
    notices = apps.get_model("notices", "Notice").objects.filter(role=EVERY_HAT)
    people = list(notices.order_by("person").values_list("person", flat=True).distinct())
    for start in range(0, len(people), BATCH):
        known = _known(apps, people[start : start + BATCH])
        rows = list(notices.filter(person__in=known))
        for row in rows:
            known[row.person].address(row)
            _about(row)
        fields = ["role", "school", "student", "title", "key"]
        type(rows[0]).objects.bulk_update(rows, fields, batch_size=BATCH)


def _about(row: Any) -> None:
    if told := ONCE.match(row.key):
        row.student = UUID(told[1])
        row.key = f"{row.key}:{row.person}:{row.role}"
    elif not row.student and (page := ABOUT.match(row.url)):
        row.student = UUID(page[1])
    for pattern, title in NAMELESS:
        row.title = pattern.sub(title, row.title)


def _known(apps: Any, people: Iterable[UUID]) -> dict[UUID, Recipient]:
    found: dict[UUID, Recipient] = defaultdict(Recipient)
    found.update((person, Recipient()) for person in people)
    for row in apps.get_model("people", "Student").objects.filter(person__in=people):
        found[row.person_id].students.append(row)
    for row in apps.get_model("people", "Staff").objects.filter(person__in=people):
        found[row.person_id].posts.append(row)
    links = apps.get_model("people", "GuardianLink").objects.filter(person__in=people)
    for row in links.select_related("student__person"):
        found[row.person_id].children.append(row)
    posts = apps.get_model("people", "ClassPost").objects.filter(staff__person__in=people, is_adviser=True)
    grants = apps.get_model("access", "RoleGrant").objects.filter(person__in=people)
    for person in {*posts.values_list("staff__person", flat=True), *grants.values_list("person", flat=True)}:
        found[person].more = True
    return found


def to_every_hat(apps: Any, editor: Any) -> None:
    """Back under every hat; a title that lost its name keeps the words it has."""
    notices = apps.get_model("notices", "Notice").objects.filter(person__isnull=False)
    own = notices.filter(role__in=["mentor", "adviser", "student", "guardian"])
    for row in own.filter(key__gt=""):
        row.key = row.key.rsplit(":", 2)[0]
        row.save(update_fields=["key"])
    own.update(role=EVERY_HAT, school=None, student=None)


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_hats"),
        ("people", "0001_initial"),
        ("access", "0001_initial"),
    ]

    operations = [migrations.RunPython(to_hats, to_every_hat)]
