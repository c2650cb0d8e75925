"""The rules for a password, each in words that say what to do."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
)

from liangshi.foundation.base.typed import fold


class Folded:
    """A rule for what is kept: the password as it was meant, however it was typed."""

    def validate(self, password: str, user: object = None) -> None:
        super().validate(fold(password), user)  # type: ignore[misc]


class LongEnough(Folded, MinimumLengthValidator):
    """The length rule, in words (Django 5.2 has no Chinese for it)."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 个字符。请再加几个字，比如用一句话的拼音。"

    def get_help_text(self) -> str:
        return f"至少 {self.min_length} 个字符。"


class NotOnlyDigits(Folded, NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "密码不能全是数字，太容易被人猜到。请加几个字母，比如用一句话的拼音。"


class NotCommon(Folded, CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "这个密码太常见，别人一试就中。请换一个，比如用一句话的拼音。"
