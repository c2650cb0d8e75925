"""What the matrix puts into the addresses: for a resource (or one route) the keys to try in a school, each with
the key of the row that decides whether a reader reaches it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from liangshi.foundation.notices.actions import tell_people
from liangshi.foundation.notices.models import Notice
from tests.cast import Troupe

Sample = Callable[[Troupe], list[tuple[dict[str, Any], Any]]]


def _rows(*rows: Any) -> list[tuple[dict[str, Any], Any]]:
    return [({"pk": row.pk}, row.pk) for row in rows]


def _notices(troupe: Troupe) -> list[tuple[dict[str, Any], Any]]:
    tell_people([troupe.people["mentor"].pk], title="结果已公布", url="/")
    return _rows(Notice.objects.filter(person=troupe.people["mentor"].pk).first())


SAMPLES: dict[str, Sample] = {
    "school": lambda troupe: _rows(troupe.school),
    "student": lambda troupe: _rows(troupe.students[0], troupe.students[1], troupe.students[5]),
    "staff": lambda troupe: _rows(troupe.posts["adviser"], troupe.posts["mentor"], troupe.posts["second"]),
    "home:notice": lambda troupe: _notices(troupe),
    "class": lambda troupe: _rows(troupe.class_1, troupe.class_2),
}
