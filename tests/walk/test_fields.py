"""No text is forgotten: every text field of every model is planted by its room, or said to be no secret."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from tests.walk.test_walk import World, world
from tests.walk.world import public

__all__ = ["world"]

pytestmark = pytest.mark.django_db
TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
)  # a SealedField is a TextField
NAME = "people.Person.name"  # planted with the people themselves


def text_fields() -> set[str]:
    """Our fields that hold words of somebody's own; coded ones say nothing that is not in the code."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("liangshi.")
        for field in model._meta.get_fields()
        if isinstance(field, TEXTS) and not field.choices
    }


def test_every_text_field_is_planted_or_said_to_be_public(world: World) -> None:
    planted = {marker.field for marker in world.own.markers}
    said = public()
    fields = text_fields()
    assert sorted(fields - planted - said.keys()) == [], "plant them in the room's secrets.py"
    assert sorted(said.keys() - fields) == [], "no such field"
    assert sorted(said.keys() & planted) == [], "planted, and said to be no secret"
    assert all(len(why) > 5 for why in said.values())


def test_every_marker_stands_once_and_is_found(world: World) -> None:
    texts = [marker.text for marker in world.markers() if marker.field != NAME]
    assert len(texts) == len(set(texts))
    assert {marker.field for marker in world.own.markers} == {marker.field for marker in world.other.markers}
