"""Lists: the page, the phone and the Excel twin from one definition; filters from the query string."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from liangshi.foundation.audit.queries import OLDEST_FIRST
from liangshi.foundation.audit.types import LABELS, TYPES
from liangshi.foundation.ui.tables import LongColumn, NumberColumn, StateColumn, Table
from liangshi.portal.dossier.queries.lists import class_choices, named_in
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audit import LIST_TAKEN
from liangshi.registry.access.permissions import MENTOR_MANAGE
from liangshi.registry.access.policy import FILES, allows
from liangshi.registry.access.queries import class_of
from liangshi.registry.mentorships.queries import IN_POOL, STANDINGS
from liangshi.registry.people.choices import ACTIVE, GONE, MENTORING_POSTS, StudentState
from liangshi.registry.people.queries import named

Line = dict[str, Any]  # a line of the log
NO_MENTOR = "还没有导师"
UNNAMED = "不列出"
BY_CLASS = ("-entry_year", "track", "number", "seat")


class StudentTable(Table):
    names_students = True
    name = tables.Column(
        "姓名",
        accessor="person__name",
        linkify=("dossier:student", {"pk": tables.A("pk")}),
        order_by=("person__search", *BY_CLASS),
    )
    group = tables.Column("班级", accessor="entry_year", empty_values=(), order_by=BY_CLASS)
    mentor = StateColumn(
        verbose_name="导师",
        accessor="mentor_name",
        empty_values=(),
        tones={NO_MENTOR: "warn"},
        order_by=("mentor_name",),
    )
    state = tables.Column("状态", visible=False)
    seat = tables.Column("班内学号", visible=False, default="")
    school_no = tables.Column("学号", visible=False, default="")

    class Meta:
        empty_text = "还没有学生"

    def named(self, record: Any) -> tuple[UUID, ...]:
        return (record.pk,)

    def render_group(self, record: Any) -> str:
        return class_of(record)

    def value_mentor(self, record: Any) -> str:
        if record.mentor_name:
            return f"{record.mentor_name}老师"
        return "—" if record.state in GONE else NO_MENTOR

    def render_mentor(self, record: Any, column: Any) -> str:
        waits = not record.mentor_name and record.state not in GONE
        return str(column.render(NO_MENTOR)) if waits else self.value_mentor(record)

    def render_state(self, value: str) -> str:
        return str(StudentState(value).label)


class StudentFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """By name, grade, class and mentor. Without a choice of standing: those who are at school."""

    q = filters.CharFilter(label="姓名或拼音", method="by_name")
    grade = filters.ChoiceFilter(label="年级", field_name="entry_year", empty_label="全部")
    group = filters.ChoiceFilter(label="班级", field_name="class_id", empty_label="全部")
    mentor = filters.ChoiceFilter(
        label="导师",
        empty_label="不限",
        choices=(("yes", "有导师"), ("no", "还没有导师")),
        method="by_mentor",
    )
    state = filters.ChoiceFilter(
        label="状态", empty_label="在校", choices=(("away", "休学、离校"),), method="by_state"
    )

    def __init__(self, data: Any, *, actor: Actor, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        groups = list(class_choices(actor))
        years = {
            row.cohort.entry_year: row.name().partition("(")[0].removesuffix(row.track) for row in groups
        }
        self.filters["grade"].extra["choices"] = [(str(year), name) for year, name in years.items()]
        self.filters["group"].extra["choices"] = [(str(row.pk), row.name()) for row in groups]

    @property
    def qs(self) -> Any:
        rows = super().qs
        return rows if self.away else rows.filter(state__in=ACTIVE)

    @property
    def away(self) -> bool:
        """Whether those are asked for who are not at school."""
        return self.form.is_valid() and bool(self.form.cleaned_data["state"])

    def by_name(self, rows: QuerySet[Any], field: str, value: str) -> QuerySet[Any]:
        return rows.filter(named(value))

    def by_mentor(self, rows: QuerySet[Any], field: str, value: str) -> QuerySet[Any]:
        return rows.filter(mentor_id__isnull=value == "no")

    def by_state(self, rows: QuerySet[Any], field: str, value: str) -> QuerySet[Any]:
        return rows.exclude(state__in=ACTIVE)


class StaffTable(Table):
    name = tables.Column(
        "姓名",
        accessor="person__name",
        linkify=("dossier:staff_member", {"pk": tables.A("pk")}),
        order_by=("person__search",),
    )
    staff_no = tables.Column("工号")
    subject = tables.Column("学科", default="")
    post = tables.Column("岗位")
    standing = StateColumn(verbose_name="导师", tones={"导师": "good", "不任": "quiet"})
    mentees = NumberColumn(verbose_name="学生")
    accompanied = NumberColumn(verbose_name="协同")
    quota = NumberColumn(verbose_name="名额", accessor="places__quota", default="", visible=False)

    class Meta:
        empty_text = "还没有教职工"

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.office = allows(actor.role, MENTOR_MANAGE)
        super().__init__(
            *args, exclude=() if self.office else ("mentees", "accompanied", "quota", "staff_no"), **kwargs
        )

    def render_post(self, record: Any) -> str:
        return str(record.get_post_display())

    def value_standing(self, value: str) -> str:
        """Why somebody does not mentor is the office's business only."""
        if value == IN_POOL:
            return "导师"
        return STANDINGS[value] if self.office else "不任"

    def render_standing(self, value: str, column: Any) -> str:
        return str(column.render(self.value_standing(value)))


class StaffFilter(filters.FilterSet):  # type: ignore[misc]
    q = filters.CharFilter(label="姓名或拼音", method="by_name")
    standing = filters.ChoiceFilter(
        label="导师",
        empty_label="全部教职工",
        choices=(
            ("teachers", "全部教师"),
            (IN_POOL, "导师"),
            ("out", "没有任导师的教师"),
            ("others", "其他岗位"),
        ),
        method="by_standing",
    )

    def by_name(self, rows: QuerySet[Any], field: str, value: str) -> QuerySet[Any]:
        return rows.filter(named(value))

    def by_standing(self, rows: QuerySet[Any], field: str, value: str) -> QuerySet[Any]:
        teaches = Q(post__in=MENTORING_POSTS)
        wanted = {
            "teachers": teaches,
            IN_POOL: Q(standing=IN_POOL),
            "out": teaches & ~Q(standing=IN_POOL),
            "others": ~teaches,
        }
        return rows.filter(wanted[value])


class ClassTable(Table):
    """Rows are `coverage.ClassFigures`."""

    name = tables.Column("班级", linkify=("dossier:class", {"pk": tables.A("group__pk")}), orderable=False)
    adviser = tables.Column("班主任", default="还没有", orderable=False)
    active = NumberColumn(verbose_name="学生", accessor="share__active", orderable=False)
    matched = NumberColumn(verbose_name="有导师", accessor="share__matched", orderable=False)
    missing = NumberColumn(verbose_name="没有导师", accessor="share__missing", orderable=False)
    percent = NumberColumn(verbose_name="覆盖", accessor="share__words", orderable=False)

    class Meta:
        empty_text = "还没有班级"

    def render_adviser(self, value: str) -> str:
        return f"{value}老师"


class LogTable(Table):
    """Rows are lines of the log about one student (`audit.queries.of_subject`)."""

    names_students = True
    at = LongColumn(verbose_name="时间", accessor="last", order_by=OLDEST_FIRST)
    actor = tables.Column("谁", accessor="name", empty_values=(), orderable=False)
    hat = LongColumn(verbose_name="身份", accessor="under", empty_values=(), orderable=False)
    done = LongColumn(verbose_name="做了什么", accessor="type", orderable=False)
    times = NumberColumn(verbose_name="次数", orderable=False, visible=False)

    class Meta:
        empty_text = "还没有人看过"

    def __init__(self, *args: Any, student: UUID) -> None:
        super().__init__(*args)
        self.student = student

    def subjects(self) -> list[UUID]:
        return [self.student]

    def render_at(self, value: dt.datetime, record: Line) -> str:
        return f"{localtime(value):{'%Y 年 %-m 月 %-d 日 %H:%M' if record['dated'] else '%Y 年 %-m 月'}}"

    def render_actor(self, value: str) -> str:
        return value or UNNAMED

    def render_hat(self, value: str) -> str:
        return value or UNNAMED

    def value_done(self, value: str, record: Line) -> str:
        """What was done; of a file that was taken, which list it was."""
        file = FILES.get(record["list"] or "") if value == LIST_TAKEN.code else None
        return f"下载「{file}」" if file else LABELS.get(value, value)

    def render_done(self, value: str, record: Line) -> str:
        more = f"（{record['times']} 次）" if record["times"] > 1 else ""
        return f"{self.value_done(value, record)}{more}"


class LogFilter(filters.FilterSet):  # type: ignore[misc]
    """By whether it was read or changed, and by whom. Who is not named in a line is not found by it."""

    kind = filters.ChoiceFilter(
        label="做了什么",
        empty_label="全部",
        choices=(("read", "看过、下载"), ("change", "登记、更改")),
        method="by_kind",
    )
    who = filters.ChoiceFilter(label="谁", field_name="who", empty_label="所有人")

    def __init__(self, data: Any, *, queryset: QuerySet[Any, Line]) -> None:
        super().__init__(data, queryset=queryset)
        self.filters["who"].extra["choices"] = named_in(queryset)

    def by_kind(self, rows: QuerySet[Any, Line], field: str, value: str) -> QuerySet[Any, Line]:
        reads = [each.code for each in TYPES.values() if each.is_read]
        return rows.filter(type__in=reads) if value == "read" else rows.exclude(type__in=reads)
