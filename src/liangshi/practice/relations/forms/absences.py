"""Registering an absence, and the proposal of successors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from liangshi.foundation.ui.forms import DateInput, offer
from liangshi.practice.relations.choices import AbsenceKind
from liangshi.practice.relations.queries.absences import Plan
from liangshi.registry.people.models import Staff

NONE = ("", "按规定：年级组长，没有的由班主任")


def _listed(staff: Iterable[Staff]) -> dict[str, Staff]:
    return {str(row.pk): row for row in staff}


def _label(row: Staff) -> str:
    return f"{row} · {row.subject or row.get_post_display()} · {row.staff_no}"


class DayOfReturn(forms.DateField):
    """Optional, but for one kind of absence; the label says for which (ui/forms/field.html)."""

    when = "短期离岗必填"


class AbsenceForm(forms.Form):
    staff = forms.ChoiceField(
        label="谁", error_messages={"invalid_choice": "没有这位老师，或者已经登记过离岗。"}
    )
    kind = forms.ChoiceField(label="情形", choices=AbsenceKind.choices, widget=forms.RadioSelect)
    back_on = DayOfReturn(
        label="预计返岗", widget=DateInput, required=False, help_text="最长 30 天；别的情形不用填。"
    )
    deputy = forms.ChoiceField(
        label="谁临时负责", required=False, help_text="从今天起照看全部学生，看得到这些学生的页面。"
    )

    def __init__(
        self, data: Any, *, leavers: Iterable[Staff], deputies: Iterable[Staff], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.leavers, self.deputies = _listed(leavers), _listed(deputies)
        for name, rows, first in (("staff", self.leavers, ("", "请选择")), ("deputy", self.deputies, NONE)):
            offer(self, name, [first, *((key, _label(row)) for key, row in rows.items())])

    def clean_staff(self) -> Staff:
        return self.leavers[self.cleaned_data["staff"]]

    def clean_kind(self) -> AbsenceKind:
        return AbsenceKind(self.cleaned_data["kind"])

    def clean_deputy(self) -> Staff | None:
        return self.deputies.get(self.cleaned_data["deputy"])


class LongerForm(forms.Form):
    """What becomes of a short leave that is over and goes on."""

    kind = forms.ChoiceField(
        label="情形",
        choices=[("", "请选择"), *(pair for pair in AbsenceKind.choices if pair[0] != AbsenceKind.SHORT)],
    )

    def clean_kind(self) -> AbsenceKind:
        return AbsenceKind(self.cleaned_data["kind"])


class DeputyForm(forms.Form):
    deputy = forms.ChoiceField(
        label="换成谁", error_messages={"invalid_choice": "这位老师现在不在岗，请另选一位。"}
    )

    def __init__(self, data: Any, *, deputies: Iterable[Staff], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.deputies = _listed(deputies)
        named = ((key, _label(row)) for key, row in self.deputies.items())
        offer(self, "deputy", [("", "请选择"), *named])

    def clean_deputy(self) -> Staff:
        return self.deputies[self.cleaned_data["deputy"]]


class SuccessionForm(forms.Form):
    """A select box per student, with the places that are free now; it opens with the proposal."""

    commitment = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, plan: Plan, may_see: bool, **kwargs: Any) -> None:
        super().__init__(data, initial={"commitment": plan.commitment}, **kwargs)
        self.plan = plan
        offered = [(str(each.staff.pk), each.line) for each in plan.choices]
        for line in plan.lines:
            stays = [(str(line.bond.mentor_id), f"{line.bond.mentor} · 不动")] if line.moved else []
            self.fields[self.name(line.bond.pk)] = forms.ChoiceField(
                label=f"{line.bond.student} · {line.group}",
                choices=[*stays, *(pair for pair in offered if not stays or pair[0] != stays[0][0])],
                initial=str(line.successor.pk),
                help_text=line.why if may_see else line.neutral,
                error_messages={"invalid_choice": "这位导师刚刚没有空位了，请另选一位。"},
            )

    @staticmethod
    def name(bond: UUID) -> str:
        return f"pick_{bond}"

    @property
    def picks(self) -> dict[UUID, UUID]:
        return {line.bond.pk: UUID(self.cleaned_data[self.name(line.bond.pk)]) for line in self.plan.lines}

    def renew(self, plan: Plan) -> None:
        """Show what was chosen with the fingerprint of the proposal as it is now."""
        self.data = {**self.data.dict(), "commitment": plan.commitment}  # type: ignore[attr-defined]
