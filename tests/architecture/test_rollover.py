"""Whatever holds of a student for a time takes part in the change of the year, or a room says that it stays."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import models

from liangshi.practice.needs.models import Need
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.models import ClassPost, Student
from liangshi.registry.schools import rollover
from liangshi.registry.schools.rollover import Part, declared_models, take_part

Model = type[models.Model]


def about_a_student(model: Model, steps: int = 2) -> bool:
    """Whether a row belongs to a student: by its own key, or by that of what it belongs to."""
    keys = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    targets = [field.related_model for field in keys]
    return Student in targets or (steps > 1 and any(about_a_student(each, steps - 1) for each in targets))


def holds_for_a_time(model: Model) -> bool:
    """Two days, of which the second may be open: a span, or something that is ended."""
    days = {field.name: field for field in model._meta.concrete_fields if isinstance(field, models.DateField)}
    return any(name in days and days[name].null for name in ("ends_on", "ended_on"))


def left_out(of: Iterable[Model]) -> set[str]:
    found = {each for each in of if about_a_student(each) and holds_for_a_time(each)}
    return {each._meta.label for each in found - declared_models()}


def test_every_model_with_a_span_and_a_student_takes_part_or_stays():
    ours = [each for each in apps.get_models() if each.__module__.startswith("liangshi.")]
    assert left_out(ours) == set()


@pytest.mark.parametrize("model", [Mentorship, Interim, Need])
def test_a_model_that_its_room_forgets_is_found(monkeypatch, model):
    monkeypatch.setattr(rollover, "PARTS", {})
    assert left_out([model, ClassPost]) == {model._meta.label}


def test_every_way_leads_to_a_school_or_a_student():
    for part in rollover.PARTS.values():
        for model, path in {**part.of_school, **part.of_students}.items():
            model._default_manager.filter(**{f"{path}__isnull": False}).query.sql_with_params()


def test_a_room_or_a_model_that_is_declared_twice_stops_the_start(monkeypatch):
    monkeypatch.setattr(rollover, "PARTS", dict(rollover.PARTS))
    with pytest.raises(ValueError, match="twice"):
        take_part("practice.needs", Part())
    with pytest.raises(ValueError, match="Need"):
        take_part("practice.invented", Part(of_students={Need: "student"}))
    take_part("practice.invented", Part())


def test_what_ends_ends_from_the_top_down():
    order = [room for room in rollover.PARTS if room.startswith("registry.")]
    assert order == ["registry.schools", "registry.people", "registry.mentorships"]
    assert list(rollover.PARTS)[:3] == order
