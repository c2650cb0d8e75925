"""How people are found."""

from __future__ import annotations

from django.db.models import Q

from liangshi.foundation.base.names import tidy


def named(text: str, prefix: str = "person__") -> Q:
    """People whose name holds `text`, or whose pinyin (initials or in full) begins with it; "" finds nobody.

    Numbers find nobody either: people are told apart by class, never by an identity number.
    """
    text = tidy(text)
    if not text:
        return Q(pk__in=[])
    if not text.isascii():
        return Q(**{f"{prefix}name__contains": text})
    keys = "".join(char for char in text.lower() if char.isalnum())
    if not keys.isalpha():
        return Q(pk__in=[])
    return (
        Q(**{f"{prefix}search__startswith": keys})
        | Q(**{f"{prefix}search__contains": f" {keys}"})
        | Q(**{f"{prefix}name__icontains": text})
    )
