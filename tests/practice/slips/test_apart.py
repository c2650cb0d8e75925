"""Who opens an account of a student or his family: not a class adviser who is his parent, or whom he has named."""

from __future__ import annotations

import pytest

from liangshi.practice.slips.models import SlipRequest
from liangshi.practice.slips.policy import SLIP_DECIDE
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import Apart
from tests.cast import Cast, guardian

pytestmark = pytest.mark.both


@pytest.mark.parametrize("how", ["nobody", "family", "named"])
def test_a_class_adviser_says_no_second_word_about_whom_he_is_kept_apart_from(cast: Cast, how: str) -> None:
    own = cast.own
    if how == "family":
        guardian(own.student, own.people["adviser"])
    elif how == "named":
        Apart.objects.create(student=own.student, person=own.people["adviser"])
    row = SlipRequest.objects.create(
        school=own.school, kind="reset", whom="students", what="x", student=own.student,
        asked_by=own.people["clerk"], asked_as="clerk",
    )  # fmt: skip
    seen = SlipRequest.objects.seen_by(cast.actor("adviser", Role.ADVISER), SLIP_DECIDE)
    assert seen.filter(pk=row.pk).exists() == (how == "nobody")
