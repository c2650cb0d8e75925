"""Untrusted input of the pages about talks. A form asks for as little as `choices.COMPULSORY` says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from liangshi.foundation.base.clock import today
from liangshi.foundation.records.levels import Level
from liangshi.foundation.ui.forms import (
    ChipRadio,
    Chips,
    DateInput,
    DraftForm,
    KeyForm,
    Options,
    RowField,
    RowsField,
    RowsForm,
    TimedForm,
    TimeInput,
    choices_of,
    offer,
)
from liangshi.practice.talks.choices import (
    BOUNDARY,
    LONGEST_REASON,
    LONGEST_REMARK,
    LONGEST_TEXT,
    Cause,
    Family,
    Happening,
    Mode,
)
from liangshi.practice.talks.models import LifeEvent, Talk, TalkStudent
from liangshi.practice.talks.queries.talks import codes
from liangshi.registry.schools.choices import Strategy, Topic
from liangshi.registry.schools.models import ClassGroup

AT_HAND = {"key", "students", "mode", "strategies", "day", "event", "event_reason"}  # what is not folded away
BY_CONTENT = ("", "按内容定：有心理疏导时只有导师自己，别的导师和班主任都能看")


def _text(label: str, limit: int = LONGEST_TEXT, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=limit, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class TalkForm(RowsForm, TimedForm, DraftForm):
    """What a talk was. Compulsory: students, day, mode, one strategy, and what the school asks for beside (`asked`,
    within its burden budget); the rest may stay empty."""

    preset = frozenset({"mode", "day", "level"})

    students = RowsField(
        label="和谁谈的",
        help_text="可以选几名，就是一次小组谈话。",
        error_messages={
            "required": "请点选和谁谈的。",
            "invalid_choice": "选的学生里有人现在不由您指导（名单可能刚变过），请重新点选。",
        },
    )
    mode = forms.ChoiceField(label="方式", choices=Mode, widget=ChipRadio, initial=Mode.FACE)
    strategies = forms.MultipleChoiceField(
        label="谈的是哪方面",
        choices=Strategy,
        widget=Chips,
        error_messages={"required": "请至少点一项：谈的是哪方面。"},
    )
    day = forms.DateField(label="日期", widget=DateInput(), initial=today)
    event = forms.ChoiceField(label="是为这件事谈的吗", required=False, widget=ChipRadio)
    event_reason = forms.CharField(
        label="不是主谈人：为什么由您来谈",
        required=False,
        max_length=LONGEST_REASON,
        help_text="已有主谈人的事，别的老师再谈要写一句原因。",
    )
    family = forms.ChoiceField(
        label="需要与家长沟通吗",
        required=False,
        choices=Family,
        widget=ChipRadio,
        help_text="需要：3 天内提醒您。不宜告知：请心理教师（没有的，请校领导）和您当面商量，对方只知道有这件事。",
    )
    time = forms.TimeField(label="时间", required=False, widget=TimeInput())
    place = forms.CharField(label="地点", required=False, max_length=40)
    topics = forms.MultipleChoiceField(label="五项管理", required=False, choices=Topic, widget=Chips)
    cause = forms.ChoiceField(label="缘由", required=False, choices=Cause, widget=ChipRadio)
    gist = _text("谈了什么")
    agreed = _text("约定和下一步", rows=2)
    next_on = forms.DateField(label="下次什么时候", required=False, widget=DateInput())
    level = forms.TypedChoiceField(
        label="谁能看内容",
        required=False,
        choices=[BY_CONTENT, *Level.choices],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        initial="",
    )
    shared = forms.BooleanField(
        label="给TA看（学生可以看到上面写的）", required=False, help_text="可以和学生商量着定。"
    )

    def __init__(
        self,
        data: Any = None,
        *,
        options: Options,
        events: Sequence[LifeEvent] = (),
        asked: Iterable[str] = (),
        **kwargs: Any,
    ):
        super().__init__(data, options=options, **kwargs)
        self.asked = frozenset(asked) & self.fields.keys()
        for name in self.asked:
            field = self.fields[name]
            field.required = True
            field.error_messages["required"] = f"学校要求写「{field.label}」，请补上。"
        if events:
            known = {row.pk for row, _ in options}
            named = [(str(row.pk), self._called(row, known)) for row in events]
            offer(self, "event", [("", "不是"), *named])
        else:
            del self.fields["event"], self.fields["event_reason"]
        self.remarks = [f"remark-{row.pk}" for row, _ in options]
        for row, label in options:
            self.fields[f"remark-{row.pk}"] = _text(f"只关于{label}", LONGEST_REMARK, rows=2)

    @staticmethod
    def _called(row: LifeEvent, known: Collection[UUID]) -> str:
        """Whose event it is, and who follows it. Of a student who is not his any more a talk keeps it without a word."""
        if row.student_id not in known:
            return "当时写的那件事"
        return f"{row.student}：{row.followed_by}的事" if row.followed_by else f"{row.student}：上报的事"

    @classmethod
    def keeps(cls, name: str) -> bool:
        return super().keeps(name) or name.startswith("remark-")

    @property
    def boundary(self) -> str:
        return BOUNDARY

    @property
    def remark_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.remarks]

    @property
    def unfolded(self) -> bool:
        """Whether something in the folded part has to be mended, or holds what was begun."""
        typed = self.typed(self.data).keys() if isinstance(self.data, QueryDict) else set()
        return bool((self.errors.keys() | self.initial.keys() | typed) - AT_HAND)

    def clean_event(self) -> UUID | None:
        value = self.cleaned_data["event"]
        return UUID(value) if value else None

    def facts(self) -> dict[str, Any]:
        """The fields of `actions.TalkFacts`."""
        data = {k: v for k, v in self.cleaned_data.items() if k not in {"key", "mark", "students", "version"}}
        remarks = {UUID(name.removeprefix("remark-")): data.pop(name) for name in self.remarks}
        event = data.pop("event", None)
        return {**data, "event_id": event, "remarks": remarks}


class CorrectionForm(TalkForm):
    """The same talk once more, about the same students."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, talk: Talk, named: Sequence[TalkStudent], **kwargs: Any):
        options = [(row.student, str(row.student)) for row in named]
        strategies, topics = codes(talk)
        initial: dict[str, Any] = {
            name: getattr(talk, name)
            for name in (
                "day", "time", "place", "mode", "cause", "gist", "agreed", "next_on", "level", "shared", "family",
                "event_reason", "version",
            )
        }  # fmt: skip
        initial |= {"strategies": strategies, "topics": topics, "event": str(talk.event_id or "")}
        initial |= {f"remark-{row.student_id}": row.remark for row in named}
        super().__init__(data, options=options, initial=initial, **kwargs)
        del self.fields["students"], self.fields["key"]
        offer(self, "level", Level.choices).required = True

    def renew(self, version: int) -> None:
        """After a refusal because of a newer version: what was typed may be saved over it."""
        assert isinstance(self.data, QueryDict)
        typed = self.data.copy()
        typed["version"] = str(version)
        self.data = typed


class NoteForm(RowsForm):
    student = RowField(label="关于谁")
    text = forms.CharField(
        label="记一笔",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "还没有写，写一句再存。"},
    )


class NoteTextForm(forms.Form):
    text = _text("随手记", help_text="清空再保存，就是删掉。")


class ActivityForm(RowsForm, KeyForm):
    name = forms.CharField(
        label="活动名字",
        max_length=20,
        help_text="读书会、跑步、下棋……您自己起。",
        error_messages={"required": "请给活动起个名字，比如「读书会」。"},
    )
    day = forms.DateField(label="日期", widget=DateInput(), initial=today)
    students = RowsField(label="邀请谁", required=False)
    time = forms.TimeField(label="时间", required=False, widget=TimeInput())
    place = forms.CharField(label="地点", required=False, max_length=40)
    strategy = forms.ChoiceField(label="侧重", required=False, choices=Strategy, widget=ChipRadio)

    def __init__(self, data: Any = None, *, options: Options, **kwargs: Any) -> None:
        super().__init__(data, options=options, **kwargs)
        self.fields["students"].initial = [str(row.pk) for row, _ in options]


class AttendanceForm(RowsForm):
    """The roll on one screen: whoever is ticked came."""

    present = RowsField(label="谁到了", required=False)

    def __init__(self, data: Any = None, *, options: Options, came: Iterable[UUID], **kwargs: Any) -> None:
        super().__init__(data, options=options, initial={"present": [str(key) for key in came]}, **kwargs)


class WhichStudent(forms.ChoiceField):
    """One of his students, or another, whom he names below."""

    when = "或在下面写"


class EventForm(KeyForm):
    """Report a life event: of a student who is listed, or of one who is named with his class."""

    kind = forms.ChoiceField(
        label="发生了什么",
        choices=Happening,
        widget=ChipRadio,
        error_messages={"required": "请从列表里选一项；都不合适，选「其他」。"},
    )
    student = WhichStudent(label="关于谁", required=False, widget=ChipRadio)
    name = forms.CharField(
        label="学生姓名", required=False, max_length=60, error_messages={"required": "请写学生姓名。"}
    )
    group = forms.ModelChoiceField(
        ClassGroup.objects.none(), label="班级", required=False, error_messages={"required": "请选班级。"}
    )
    text = _text("想说明的", help_text="可以不写。写了的，只有主导师和主谈人能看。")

    def __init__(self, data: Any = None, *, options: Options, classes: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.listed = dict(choices_of(options))
        others = [] if classes is None else [("", "别的学生")]
        field = offer(self, "student", [*self.listed.items(), *others])
        if classes is None and len(options) == 1:
            field.initial = str(options[0][0].pk)
        if not options:
            del self.fields["student"]
        if classes is None:
            field.required = True
            del self.fields["name"], self.fields["group"]
        else:
            group = self.fields["group"]
            assert isinstance(group, forms.ModelChoiceField)
            group.queryset = classes
            group.empty_label = "请选班级"
            if options:
                self.fields["name"].help_text = "不在上面的，点「别的学生」，写姓名和班级。"
            else:
                self.fields["name"].required = self.fields["group"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        named = bool(data.get("name")) and bool(data.get("group"))
        if data.get("student") and data.get("name"):
            chosen = self.listed[data["student"]]
            self.add_error(
                "name",
                f"上面点的是{chosen}，这里又写了{data['name']}。是点的那一位，就把这里清空；是写的这一位，上面就改点「别的学生」。",
            )
        if not data.get("student") and not named and not self.errors:
            where = "student" if "student" in self.fields else "name"
            self.add_error(where, "请说明是哪名学生。" if where == "student" else "请写学生姓名，并选班级。")
        return data


class UnmetForm(forms.Form):
    may_tell = forms.BooleanField(
        label="可以告诉导师",
        required=False,
        help_text="不打勾，导师不会知道；打了勾，导师会收到一条你想见面的通知。",
    )


class LeadForm(forms.Form):
    lead = forms.ChoiceField(label="主谈人", error_messages={"required": "请选一位老师。"})

    def __init__(self, data: Any = None, *, candidates: Sequence[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.by_key = {str(row.pk): row for row, _ in candidates}
        named = [
            (str(row.pk), f"{row}（{part}）" if part else f"{row} {row.subject}".strip())
            for row, part in candidates
        ]
        offer(self, "lead", [("", "请选一位老师"), *named])

    def clean_lead(self) -> Any:
        return self.by_key[self.cleaned_data["lead"]]


def preset(asked: QueryDict, options: Options, events: Sequence[LifeEvent]) -> dict[str, Any]:
    """The initial values that an address asks for: ?student=…&event=…&day=…; what is not on offer is left out."""
    offered = {str(row.pk) for row, _ in options}
    initial: dict[str, Any] = {"students": [key for key in asked.getlist("student") if key in offered]}
    initial["event"] = next((str(row.pk) for row in events if str(row.pk) == asked.get("event")), "")
    try:
        initial["day"] = dt.date.fromisoformat(asked.get("day", ""))
    except ValueError:
        initial["day"] = today()
    return initial
