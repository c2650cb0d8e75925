"""Make an optional field compulsory, within the budget; set the city's cap, with a public note."""

from __future__ import annotations

from decimal import Decimal

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.faces import FORMS, Field, Form
from liangshi.foundation.deeds import Deed
from liangshi.oversight.burden.audit import CAP_SET, RELEASED, REQUIRED
from liangshi.oversight.burden.choices import MENTEES
from liangshi.oversight.burden.models import BurdenCap
from liangshi.oversight.burden.queries import asked_by, budget, cap
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Person
from liangshi.registry.schools.models import CompulsoryField, School


def require_field(form: str, field: str, *, actor: Actor) -> None:
    """The school wants this field filled in. Raises DomainError `unknown_field`, `burden_over_cap`.

    Asking twice changes nothing more.
    """
    what, which = _named(form, field)
    with Deed(REQUIRED, actor, form=form, field=field) as deed:
        School.objects.select_for_update().get(
            pk=actor.own_school
        )  # one at a time, or two could pass the cap
        held = asked_by(actor.own_school)
        wanted = {**held, form: held.get(form, frozenset()) | {field}}
        then = budget(wanted)
        if then.over:
            raise DomainError(
                "burden_over_cap",
                f"「{what.label}」再加必填「{which.label}」（约 {which.seconds} 秒），带 {MENTEES} 名学生的导师一年要填 "
                f"{then.hours} 小时，超过全市上限 {then.cap} 小时，没有改。请先把别的必填项改回选填。",
            )
        _, made = CompulsoryField.objects.get_or_create(school_id=actor.own_school, form=form, field=field)
        if not made:
            deed.nothing()


def release_field(form: str, field: str, *, actor: Actor) -> None:
    """The field is optional again. Twice changes nothing."""
    _named(form, field)
    with Deed(RELEASED, actor, form=form, field=field) as deed:
        gone, _ = CompulsoryField.objects.filter(school_id=actor.own_school, form=form, field=field).delete()
        if not gone:
            deed.nothing()


def _named(form: str, field: str) -> tuple[Form, Field]:
    what = next((one for one in FORMS if one.code == form), None)
    which = what.field(field) if what else None
    if what is None or which is None or which.fixed:
        raise DomainError("unknown_field", "没有这个选填项。请刷新页面再选。")
    return what, which


def set_cap(hours: Decimal, note: str, *, actor: Actor) -> BurdenCap:
    """The city's cap from now on. Raises DomainError `cap_out_of_range`, `cap_needs_note`, `cap_unchanged`."""
    if not 0 < hours <= 100:
        raise DomainError("cap_out_of_range", "上限是 0.1 到 100 之间的小时数。", field="hours")
    if not note.strip():
        raise DomainError(
            "cap_needs_note", "调整上限要写公开说明，全市教师都看得到：为什么调，调了做什么。", field="note"
        )
    with Deed(CAP_SET, actor, hours=str(hours)) as deed:
        before = cap()
        if hours == before:
            raise DomainError("cap_unchanged", f"上限现在就是 {before} 小时，没有变化。", field="hours")
        row = BurdenCap.objects.create(
            hours=hours, note=note.strip()[:200], set_by=Person.objects.get(pk=actor.person_id)
        )
        deed.about = row
        deed.note(before=str(before))
    return row
