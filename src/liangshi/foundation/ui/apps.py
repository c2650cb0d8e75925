"""The app; on start it teaches Django's own fields to speak plainly."""

from django import forms
from django.apps import AppConfig

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
    (forms.FileField, "required", "还没有选文件。"),
    (forms.FileField, "empty", "这个文件是空的，请换一个。"),
]


class UiConfig(AppConfig):
    name = "liangshi.foundation.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        for field, code, words in PLAIN_WORDS:
            field.default_error_messages = {**field.default_error_messages, code: words}
