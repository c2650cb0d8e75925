"""How every form looks: one renderer, a date field's widget, and the field for ranking people."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict

from liangshi.foundation.base.timing import opened

AVOID = "avoid"


class Renderer(TemplatesSetting):
    """FORM_RENDERER: {{ form }} gives an error summary with anchors, then each field (README.md)."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"


class TimedForm(forms.Form):
    """A form that knows since when it has been open (`mark`, for `foundation.base.timing.note_time`)."""

    mark = forms.CharField(widget=forms.HiddenInput, required=False, initial=opened)


class KeyForm(forms.Form):
    """A form that writes once however often it is sent: it carries a key of its own."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class DraftForm(KeyForm):
    """A form that is kept on the server while one types (`registry.access.drafts`).

    `preset` are fields that are filled in when it opens: alone they are nothing worth keeping.
    """

    preset: frozenset[str] = frozenset()

    @classmethod
    def keeps(cls, name: str) -> bool:
        """Whether a draft holds what is sent under this name."""
        return name in cls.base_fields and name not in {"key", "mark"}

    @classmethod
    def typed(cls, data: QueryDict) -> dict[str, list[str]]:
        """What a person has chosen or typed so far, unchecked, by field: the draft. Defaults alone are nothing."""
        sent = {name: [value for value in data.getlist(name) if value] for name in data if cls.keeps(name)}
        held = {name: values for name, values in sent.items() if values}
        return held if held.keys() - cls.preset else {}

    @classmethod
    def begun(cls, typed: Mapping[str, Sequence[str]], key: UUID) -> dict[str, Any]:
        """The initial values of a form that goes on where a draft stopped; saving it saves that very record."""
        several = {
            name for name, field in cls.base_fields.items() if isinstance(field, forms.MultipleChoiceField)
        }
        held = {name: values if name in several else values[0] for name, values in typed.items() if values}
        return {**held, "key": key}


class ReasonForm(forms.Form):
    """Why something is withdrawn."""

    reason = forms.CharField(
        label="为什么",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写一句为什么。"},
    )

    def __init__(self, data: Any = None, *, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reason"].help_text = help_text


class Grouped(forms.Form):
    """A long form in parts: `parts` names each part and its fields, in order; every visible field is in one."""

    parts: Sequence[tuple[str, Sequence[str]]] = ()

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.parts]


class PhoneField(forms.RegexField):
    """A mobile number, or one of a house with its area code."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = "电话号码不对：手机应为 1 开头的 11 位数字，座机请带区号。"
        super().__init__(
            r"^(?:1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7})$", error_messages={"invalid": wrong}, **kwargs
        )


class DateInput(forms.DateInput):
    """The browser's own date picker; value in and out is 2026-09-01."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own clock; value in and out is 16:30."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class Chips(forms.CheckboxSelectMultiple):
    """Check boxes as big chips: one tap each, several at once."""

    template_name = "ui/forms/chips.html"


class ChipRadio(forms.RadioSelect):
    """Radio buttons as big chips: one of few."""

    template_name = "ui/forms/chips.html"


Options = Sequence[tuple[Any, str]]  # (row with a key, label)


def choices_of(options: Options) -> list[tuple[str, str]]:
    """The choices of a field that picks among rows, by their keys."""
    return [(str(row.pk), label) for row, label in options]


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> forms.ChoiceField:
    """Let a field choose from what only the view knows; gives the field back."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
    return field


class RowField(forms.ChoiceField):
    """One of the rows of a `RowsForm`, by a tap. Cleans to its key, or None."""

    widget = ChipRadio
    default_error_messages = {
        "required": "请点选一名学生。",
        "invalid_choice": "选的学生现在不由您指导（名单可能刚变过），请重新点选。",
    }

    def clean(self, value: Any) -> UUID | None:
        key = super().clean(value)
        return UUID(key) if key else None


class RowsField(forms.MultipleChoiceField):
    """Some of the rows of a `RowsForm`, a tap each. Cleans to their keys."""

    widget = Chips

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(key) for key in super().clean(value)]


class RowsForm(forms.Form):
    """A form that is made with rows, the students that somebody accompanies: its row fields offer these."""

    def __init__(self, data: Any = None, *, options: Options, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, RowField | RowsField):
                offer(self, name, choices_of(options))


LATER = "-"  # the value of 「先不配」


class PicksForm(forms.Form):
    """A colleague for each of several rows: one select box per row, and LATER leaves it open.

    `rows` are (key, label, help, options), options as (key of the colleague, label); the boxes open with `chosen`.
    """

    def __init__(
        self,
        data: Any,
        *,
        rows: Iterable[tuple[UUID, str, str, Iterable[tuple[str, str]]]],
        chosen: Mapping[UUID, UUID],
    ) -> None:
        super().__init__(data)
        for key, label, help_text, options in rows:
            self.fields[str(key)] = forms.ChoiceField(
                label=label,
                help_text=help_text,
                choices=[(LATER, "先不配"), *options],
                initial=str(chosen.get(key, LATER)),
                error_messages={"invalid_choice": "这位老师现在不能选了，请另选。"},
            )

    def choice(self) -> dict[UUID, UUID | None]:
        """Row → colleague, or None where it stays open."""
        return {
            UUID(key): None if value == LATER else UUID(value) for key, value in self.cleaned_data.items()
        }


@dataclass(frozen=True)
class PickOption:
    """Someone who can be ranked. `lines` are short facts below the name, `about` a folded text.

    `keys` is what else he is found by (pinyin); it is not shown.
    """

    value: str
    name: str
    lines: Sequence[str] = ()
    about: str = ""
    keys: str = ""


@dataclass(frozen=True)
class Ranking:
    """Values of the chosen options: wishes in order, first wish first, and those to avoid."""

    wishes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()

    def marks(self) -> dict[str, str]:
        """{"T01": "1", "T07": "avoid"}: what each option's select box shows."""
        ranked = {value: str(rank) for rank, value in enumerate(self.wishes, 1)}
        return ranked | dict.fromkeys(self.avoid, AVOID)


class RankedWidget(forms.Widget):
    """A select box per option; with JavaScript, tapping ranks and a bar shows the order."""

    template_name = "ui/forms/ranked.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.options: Sequence[PickOption] = ()
        self.wishes = self.avoid = 0
        self.submit_label = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """Option → mark, also of options that the page offered and that are no longer on the list."""
        head = f"{name}-"
        return {key.removeprefix(head): data[key] for key in data if key.startswith(head) and data[key]}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(f"{name}-{option.value}" in data for option in self.options)

    def id_for_label(self, id_: str | None, index: str = "") -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        marks = value.marks() if isinstance(value, Ranking) else (value or {})
        ranks = [(str(n), f"第 {n} 志愿") for n in range(1, self.wishes + 1)]
        choices = [("", "不选"), *ranks, *([(AVOID, "请回避")] if self.avoid else [])]
        context["widget"] |= {
            "picks": [(option, marks.get(option.value, "")) for option in self.options],
            "choices": choices,
            "wishes": self.wishes,
            "avoid": self.avoid,
            "submit_label": self.submit_label,
        }
        return context


class RankedField(forms.Field):
    """Ranks up to `wishes` of `options` and names up to `avoid` to stay clear of.

    Cleans to a `Ranking`; gaps close (1st and 3rd become 1st and 2nd). Refuses whoever is no longer among the
    options, two people on one rank, too many to avoid, and, when required, an empty first wish. `options` keep the
    order they come in. A non-empty `submit_label` puts the form's button into the bar that follows the list.
    """

    widget = RankedWidget
    default_error_messages = {
        "required": "还没有选。请至少选一位，作为第 1 志愿。",
        "gone": "选的人里有 {count} 位现在不在名单里了，比如名额刚满。请看看现在的名单再选；其余选好的都还在。",
        "unknown": "「{mark}」不是可以选的志愿。请在每位老师下面的列表里重新选。",
        "twice": "第 {rank} 志愿选了 {count} 位：{names}。请一个志愿只留一位，其余的都还在。",
        "avoid": "最多可以回避 {limit} 位，现在选了 {count} 位：{names}。请去掉 {over} 位。",
    }

    def __init__(
        self,
        *,
        options: Sequence[PickOption],
        wishes: int = 5,
        avoid: int = 2,
        submit_label: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.options, self.wishes, self.avoid = options, wishes, avoid
        self.names = {option.value: option.name for option in options}
        self.widget.options, self.widget.submit_label = options, submit_label
        self.widget.wishes, self.widget.avoid = wishes, avoid

    def clean(self, value: Any) -> Ranking:
        """Raises ValidationError with one sentence per problem."""
        by_mark: dict[str, list[str]] = defaultdict(list)
        gone = [option for option in value or {} if option not in self.names]
        if gone:
            raise self._problem("gone", count=len(gone))
        for option, mark in (value or {}).items():
            by_mark[mark].append(option)
        avoid = tuple(by_mark.pop(AVOID, ()))
        ranks = [str(n) for n in range(1, self.wishes + 1)]
        problems = [*self._unknown(by_mark, ranks), *self._twice(by_mark), *self._too_many(avoid)]
        if problems:
            raise ValidationError(problems)
        wishes = tuple(by_mark[rank][0] for rank in ranks if rank in by_mark)
        if self.required and not wishes:
            raise ValidationError(self.error_messages["required"], code="required")
        return Ranking(wishes, avoid)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or Ranking()).marks() != (data or {})

    def _problem(self, code: str, **facts: object) -> ValidationError:
        return ValidationError(str(self.error_messages[code]).format(**facts), code=code)

    def _names(self, values: Sequence[str]) -> str:
        return "、".join(self.names[value] for value in values)

    def _unknown(self, by_mark: Mapping[str, list[str]], ranks: Sequence[str]) -> list[ValidationError]:
        return [self._problem("unknown", mark=mark) for mark in by_mark if mark not in ranks]

    def _twice(self, by_mark: Mapping[str, list[str]]) -> list[ValidationError]:
        return [
            self._problem("twice", rank=mark, count=len(values), names=self._names(values))
            for mark, values in sorted(by_mark.items())
            if len(values) > 1
        ]

    def _too_many(self, avoid: Sequence[str]) -> list[ValidationError]:
        over = len(avoid) - self.avoid
        if over <= 0:
            return []
        facts = {"limit": self.avoid, "count": len(avoid), "names": self._names(avoid), "over": over}
        return [self._problem("avoid", **facts)]
