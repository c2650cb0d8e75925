"""The app; on start it teaches Django's own fields and their limits to speak plainly."""

from django import forms
from django.apps import AppConfig
from django.core import validators

# What Django says by default (这个字段是必填项) does not say what to do.
PLAIN_WORDS: list[tuple[type[forms.Field], str, str]] = [
    (forms.Field, "required", "还没有填。"),
    (forms.BooleanField, "required", "请先勾上这一项。"),
    (forms.ChoiceField, "required", "还没有选。"),
    (forms.ChoiceField, "invalid_choice", "「%(value)s」不在可以选的里面，请重新选。"),
    (forms.MultipleChoiceField, "required", "请至少选一项。"),
    (forms.MultipleChoiceField, "invalid_choice", "「%(value)s」不在可以选的里面，请重新选。"),
    (forms.ModelChoiceField, "required", "还没有选。"),
    (forms.ModelChoiceField, "invalid_choice", "选的这一项已经不在了，请重新选。"),
    (forms.DateField, "invalid", "日期请写成 2026-09-01 这样。"),
    (forms.IntegerField, "invalid", "请填一个整数。"),
    (forms.TimeField, "invalid", "时间请写成 16:30 这样。"),
    (forms.FileField, "required", "还没有选文件。"),
    (forms.FileField, "empty", "这个文件是空的，请换一个。"),
]

# What Django says of a limit (确保该值小于或等于15) names no way on.
LIMITS: list[tuple[type[validators.BaseValidator], str]] = [
    (validators.MinValueValidator, "最小是 %(limit_value)s，请填大一些的数。"),
    (validators.MaxValueValidator, "最大是 %(limit_value)s，请填小一些的数。"),
    (validators.MinLengthValidator, "至少要 %(limit_value)d 个字，现在是 %(show_value)d 个，请补上。"),
    (validators.MaxLengthValidator, "最多 %(limit_value)d 个字，现在是 %(show_value)d 个，请写短一些。"),
]


class UiConfig(AppConfig):
    name = "liangshi.foundation.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        for field, code, words in PLAIN_WORDS:
            field.default_error_messages = {**field.default_error_messages, code: words}
        for limit, words in LIMITS:
            limit.message = words
