"""The one exception that an action raises on purpose."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal with a code for machines and a sentence for people that says what to do.

    A view makes it a form message, the API a problem document, a task a failed run that people can read.
    `field` is the form field it belongs to, or "".
    """

    def __init__(self, code: str, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message
