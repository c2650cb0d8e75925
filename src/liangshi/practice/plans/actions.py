"""The school's policy of a year: each change is a new version."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.practice.plans import audit
from liangshi.practice.plans.choices import MAX_AVOID, MAX_DAYS, MAX_WEIGHT, MAX_WISHES, Aim, Keep, Mode
from liangshi.practice.plans.models import Policy
from liangshi.practice.plans.queries import policy_in_force
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.choices import MAX_CO, POLICY_CAP
from liangshi.registry.schools.models import School, SchoolYear

FIELDS = (
    "modes", "teacher_places", "manager_places", "adviser_places", "grade_places", "wish_limit", "avoid_limit", "aim",
    "meet", "even", "keep", "pass_on", "trial_weeks", "change_limit", "co_limit", "objection_days",
)  # fmt: skip
BOUNDS: dict[str, tuple[int, int, str]] = {
    "teacher_places": (1, POLICY_CAP, "专任教师的名额"),
    "manager_places": (0, POLICY_CAP, "行政兼课教师的名额"),
    "adviser_places": (0, POLICY_CAP, "班主任的名额"),
    "wish_limit": (1, MAX_WISHES, "志愿数"),
    "avoid_limit": (0, MAX_AVOID, "可回避人数"),
    "meet": (0, MAX_WEIGHT, "「见得到面」的分量"),
    "even": (0, MAX_WEIGHT, "「均衡」的分量"),
    "trial_weeks": (0, 12, "试谈期周数"),
    "change_limit": (0, 9, "每学年可申请换导师的次数"),
    "co_limit": (0, MAX_CO, "协同导师人数"),
    "objection_days": (1, MAX_DAYS, "续任征询天数"),
}


def ensure_policy(school: School, year: SchoolYear) -> Policy:
    """The version in force as a saved row; the sensible first one where nobody has decided anything yet."""
    held = policy_in_force(school, year)
    if held.version:
        return held
    made, _ = Policy.objects.get_or_create(school=school, year=year, version=1)
    return policy_in_force(school, year) if made.version else made


def change_policy(school: School, year: SchoolYear, *, seen: int, actor: Actor, **fields: Any) -> Policy:
    """Put a new version in force; `seen` is the version that the page was made from. Nothing changed: no version.

    Raises DomainError `policy_changed` (somebody else did meanwhile), `bad_policy`, `no_modes`.
    """
    _check(fields)
    with Deed(audit.POLICY_CHANGED, actor) as deed:
        held = policy_in_force(school, year)
        if held.version != seen:
            raise _changed(held)
        values = {name: getattr(held, name) for name in FIELDS} | fields
        if held.version and all(values[name] == getattr(held, name) for name in FIELDS):
            deed.nothing()
            return held
        try:
            with transaction.atomic():
                made = Policy.objects.create(
                    school=school, year=year, version=held.version + 1, made_by_id=actor.person_id, **values
                )
        except IntegrityError as rival:
            raise _changed(policy_in_force(school, year)) from rival
        changed = {name: values[name] for name in FIELDS if values[name] != getattr(held, name)}
        deed.about = made
        deed.note(version=made.version, changed=changed)
    return made


def _changed(held: Policy) -> DomainError:
    return DomainError(
        "policy_changed", f"刚才有人改过，现在是第 {held.version} 版。请看一看再决定，您填的还在下面。"
    )


def _check(fields: dict[str, Any]) -> None:
    modes = fields.get("modes", [Mode.WISHES])
    if not modes or len(set(modes)) < len(modes) or not set(modes) <= set(Mode.values):
        raise DomainError("no_modes", "请至少选一种方式，同一种方式只排一次。", field="modes")
    for name, (least, most, label) in BOUNDS.items():
        if name in fields and not least <= fields[name] <= most:
            raise DomainError("bad_policy", f"{label}是 {least} 到 {most}。", field=name)
    for grade, places in fields.get("grade_places", {}).items():
        if not 1 <= places <= POLICY_CAP:
            raise DomainError(
                "bad_policy", f"{grade}每位导师的名额是 1 到 {POLICY_CAP}。", field="grade_places"
            )
    if fields.get("aim", Aim.SUM) not in Aim.values or fields.get("keep", Keep.FIRST) not in Keep.values:
        raise DomainError("bad_policy", "请从列表里选一项。", field="aim")
