"""Addresses whose views forget every filter, behind the real middleware: what they deliver only the wall holds back."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from liangshi.foundation.base.guard import as_system
from liangshi.foundation.base.postgresql.policies import walled_models
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.models import Cohort

FORGETS = "it forgets the rule, too"
YEAR = 1999  # no cohort of the cast began in it


def everything(request: HttpRequest) -> HttpResponse:
    """Table → the keys of all its rows."""
    with as_system(FORGETS):
        held = {model._meta.db_table: list(_keys(model)) for model in walled_models()}
    return JsonResponse(held)


def _keys(model: type) -> list[str]:
    return [str(pk) for pk in model._base_manager.values_list("pk", flat=True)]  # type: ignore[attr-defined]


def late(request: HttpRequest) -> StreamingHttpResponse:
    """An answer that is made when the gate is closed again."""

    def rows() -> Iterator[str]:
        yield from _keys(Student)

    return StreamingHttpResponse(rows())


def broken(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        Student.objects.as_system(FORGETS).count()
        raise RuntimeError("in the middle")


def found(request: HttpRequest, school: UUID) -> HttpResponse:
    """Write a row for whichever school the address names."""
    Cohort.objects.create(school_id=school, entry_year=YEAR)
    return HttpResponse()


def moved(request: HttpRequest, school: UUID) -> HttpResponse:
    """Give somebody's row to that school."""
    held = Staff.objects.as_system(FORGETS).exclude(school=school).filter(staff_no="T01")
    return HttpResponse(str(held.update(school=school, staff_no="T99")))


def spoiled(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(Student.objects.as_system(FORGETS).update(school_no="")))


VIEWS = {"everything": everything, "late": late, "broken": broken, "spoiled": spoiled}
urlpatterns = [
    *(path(name, view, name=name) for name, view in VIEWS.items()),
    path("found/<uuid:school>", found, name="found"),
    path("moved/<uuid:school>", moved, name="moved"),
]
