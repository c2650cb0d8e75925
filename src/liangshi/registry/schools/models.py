"""Bureaus, schools, years, terms, the calendar, grades and classes."""

from __future__ import annotations

import datetime as dt

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Row
from liangshi.registry.schools.choices import (
    OF_ONE_GRADE,
    BureauKind,
    ClassKind,
    EventKind,
    Ownership,
    TermSeq,
    YearState,
)
from liangshi.registry.schools.grades import current_year_start, display_name, grade_name

FIRST_YEAR = 2022  # 自 2022 年秋季开学起


class Bureau(Row):
    """The city's bureau, or a county's, each with its own official name (社会事业局、教育文体局 …)."""

    holds = Holds(c0="kind official_name short_name region_code")
    kind = models.CharField("层级", max_length=8, choices=BureauKind)
    official_name = models.CharField("全称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)
    region_code = models.CharField("区划代码", max_length=6, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="counties", verbose_name="上级"
    )

    class Meta:
        ordering = ("kind", "region_code", "official_name")
        constraints = (
            models.CheckConstraint(
                name="bureau_county_has_parent",
                condition=Q(kind=BureauKind.CITY, parent__isnull=True)
                | Q(kind=BureauKind.COUNTY, parent__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.official_name


class School(Row):
    """A high school. One competent bureau, so it is 市直属 (the city's) or under one county, never both."""

    holds = Holds(c0="code name short_name ownership")
    code = models.CharField(
        "学校标识码",
        max_length=10,
        unique=True,
        validators=[RegexValidator(r"^\d{10}$", "学校标识码是 10 位数字。")],
    )
    name = models.CharField("学校名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)
    ownership = models.CharField("办学性质", max_length=1, choices=Ownership)
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="schools", verbose_name="主管教育局")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def directly_affiliated(self) -> bool:
        return self.bureau.kind == BureauKind.CITY

    @property
    def standing(self) -> str:
        """「公办 · 市直属」."""
        place = "市直属" if self.directly_affiliated else self.bureau.short_name
        return f"{self.get_ownership_display()} · {place}"


class SchoolYear(Row):
    """An academic year of one school, 1 September to 31 August."""

    holds = Holds(c1="state")
    school = models.ForeignKey(School, models.PROTECT, related_name="years")
    start_year = models.PositiveSmallIntegerField("起始年")
    state = models.CharField("状态", max_length=10, choices=YearState, default=YearState.PREPARING)
    in_force_on = models.DateField("已实施", null=True, blank=True)

    class Meta:
        ordering = ("-start_year",)
        constraints = (
            models.UniqueConstraint(fields=["school", "start_year"], name="school_year_once"),
            models.CheckConstraint(condition=Q(start_year__gte=FIRST_YEAR), name="school_year_from_2022"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"{self.start_year}-{self.start_year + 1}"

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.start_year, 9, 1)

    @property
    def ends_on(self) -> dt.date:
        """The day after the year's last (half-open)."""
        return dt.date(self.start_year + 1, 9, 1)


class Term(Row):
    holds = Holds(c1="seq")
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="terms")
    seq = models.CharField("学期", max_length=1, choices=TermSeq)
    opens_on = models.DateField("开学日")
    closes_on = models.DateField("放假日")

    class Meta:
        ordering = ("year", "seq")
        constraints = (
            models.UniqueConstraint(fields=["year", "seq"], name="term_once"),
            models.CheckConstraint(
                condition=Q(opens_on__lt=F("closes_on")), name="term_opens_before_closing"
            ),
        )

    def __str__(self) -> str:
        return f"{self.year.code}-{self.seq}"


class CalendarEvent(Row):
    """An entry of the school's calendar; exams and openings make key-moment windows (`moments`)."""

    holds = Holds(c1="kind title entry_years")
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="events")
    kind = models.CharField("类别", max_length=12, choices=EventKind)
    title = models.CharField("名称", max_length=40)
    starts_on = models.DateField("开始")
    last_on = models.DateField("结束")
    entry_years = models.JSONField(
        "只针对哪几级", default=list, blank=True
    )  # in order, newest first; empty: all

    class Meta:
        ordering = ("starts_on", "title")
        constraints = (
            models.CheckConstraint(condition=Q(starts_on__lte=F("last_on")), name="event_begins_before_end"),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(OF_ONE_GRADE)) | ~Q(entry_years=[]),
                name="event_of_one_grade_names_it",
            ),
        )

    def __str__(self) -> str:
        return self.title


class CompulsoryField(Row):
    """A field that is optional everywhere and that this school wants filled in. Within the burden budget only."""

    holds = Holds(c1="form field")
    school = models.ForeignKey(School, models.CASCADE, related_name="compulsory_fields")
    form = models.CharField("表单", max_length=20)
    field = models.CharField("字段", max_length=20)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["school", "form", "field"], name="compulsory_field_once"),
        )

    def __str__(self) -> str:
        return f"{self.form}.{self.field}"


class Cohort(Row):
    """A 级: the students of one school who entered in one year."""

    school = models.ForeignKey(School, models.PROTECT, related_name="cohorts")
    entry_year = models.PositiveSmallIntegerField("入学年")

    class Meta:
        ordering = ("-entry_year",)
        constraints = (models.UniqueConstraint(fields=["school", "entry_year"], name="cohort_once"),)

    def __str__(self) -> str:
        return f"{self.entry_year}级"

    def grade(self, year_start: int) -> str:
        """高一, 高二, 高三 in the year that starts in `year_start`; else 「2024级」."""
        return grade_name(self.entry_year, year_start)


class ClassGroup(Row):
    """An administrative class (行政班)."""

    holds = Holds(c1="track kind")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="classes")
    number = models.PositiveSmallIntegerField("班号")
    track = models.CharField("分科", max_length=8, blank=True)
    kind = models.CharField("类型", max_length=2, choices=ClassKind, default=ClassKind.ORDINARY)

    class Meta:
        ordering = ("-cohort__entry_year", "track", "number")
        constraints = (models.UniqueConstraint(fields=["cohort", "track", "number"], name="class_once"),)

    def __str__(self) -> str:
        return self.name()

    def name(self, year_start: int | None = None) -> str:
        """高一(3)班 in the given year (default: the current one)."""
        return display_name(
            self.cohort.entry_year, self.number, self.track, year_start or current_year_start()
        )
