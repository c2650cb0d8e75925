"""Asking for another mentor, and the office's answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from liangshi.foundation.ui.forms import DateInput, PickOption, RankedField, Ranking, offer
from liangshi.practice.relations.rules import may_wish
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import MentorProfile
from liangshi.registry.mentorships.queries import Place
from liangshi.registry.people.models import Staff

UNSEEN = "不写也可以。只有学校办公室看得到，现在的导师看不到，以后也看不到。"
UNSEEN_OF_MENTOR = "不写也可以。只有学校办公室看得到，学生和家长看不到，以后也看不到。"


def option(each: Place) -> PickOption:
    """A mentor as he introduces himself; nothing that reaches him in private."""
    profile: MentorProfile | None = getattr(each.staff, "profile", None)
    good_at = f"擅长陪伴：{'、'.join(profile.good_at_labels)}" if profile and profile.good_at_labels else ""
    interests = f"兴趣：{profile.interests}" if profile and profile.interests else ""
    lines = [line for line in (each.staff.subject, good_at, interests) if line]
    return PickOption(
        str(each.staff.pk), str(each.staff), lines, profile.intro if profile else "", each.staff.person.search
    )


class ChangeForm(forms.Form):
    """`bond` is the relation that was on the page: a second tap cannot ask about the next one."""

    bond = forms.UUIDField(widget=forms.HiddenInput)
    safety = forms.BooleanField(
        label="这件事关系到安全",
        required=False,
        help_text="学校会马上处理，不受申请次数限制。",
    )
    reason = forms.CharField(
        label="理由",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=UNSEEN,
    )

    def __init__(self, data: Any, *, offered: Sequence[Place], asker: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if asker.role == Role.MENTOR:
            self.fields["reason"].help_text = UNSEEN_OF_MENTOR
        self.staff = {str(each.staff.pk): each.staff for each in offered}
        if may_wish(asker):
            self.fields["wish"] = RankedField(
                label="希望的导师",
                options=[option(each) for each in offered],
                wishes=1,
                avoid=0,
                required=False,
                help_text="可以不选，由学校安排。这里只列现在有空位的导师，次序是打乱的。",
            )
        self.order_fields(("bond", "wish", "reason", "safety"))

    def clean_bond(self) -> UUID:
        """The relation that the page was about is the present one. A second tap cannot ask about the next."""
        bond: UUID = self.cleaned_data["bond"]
        if bond != self.initial["bond"]:
            raise forms.ValidationError("导师刚刚已经调整过了。请回到首页看现在的导师。", code="bond_ended")
        return bond

    def clean(self) -> dict[str, Any]:
        """Of a form about a past relation nothing else is said: what it wished for is of the past too."""
        data = super().clean() or {}
        if "bond" in self.errors and "wish" in self.errors:
            del self.errors["wish"]
        return data

    @property
    def wished(self) -> Staff | None:
        picked: Ranking | None = self.cleaned_data.get("wish")
        return self.staff[picked.wishes[0]] if picked and picked.wishes else None


class MeetForm(forms.Form):
    on = forms.DateField(label="面谈日期", widget=DateInput)


class AgreeForm(forms.Form):
    target = forms.ChoiceField(
        label="新的导师", error_messages={"invalid_choice": "这位导师现在没有空位，请另选一位。"}
    )

    def __init__(
        self,
        data: Any,
        *,
        offered: Sequence[Place],
        wished: UUID | None,
        declined: UUID | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, initial={"target": "" if wished == declined else str(wished or "")}, **kwargs)
        self.staff = {str(each.staff.pk): each.staff for each in offered}
        # Whom the asker wished for comes first; who has just said no comes last.
        order = {wished: -1, declined: 1}
        marks = {wished: "希望的：", declined: "刚才没有接："}
        named = (
            (str(each.staff.pk), marks.get(each.staff.pk, "") + each.line)
            for each in sorted(offered, key=lambda each: order.get(each.staff.pk, 0))
        )
        offer(self, "target", [("", "请选择"), *named])

    def clean_target(self) -> Staff:
        return self.staff[self.cleaned_data["target"]]


class AnswerForm(forms.Form):
    """A sentence that the asker reads; `label` says of what."""

    answer = forms.CharField(
        max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="申请人会看到。"
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["answer"]
        field.label = label
        field.error_messages["required"] = f"请写明{label}，申请人会看到。"
