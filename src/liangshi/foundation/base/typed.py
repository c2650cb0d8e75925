"""What somebody typed, as it was meant: Chinese input methods write letters, digits and blanks in full width."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Full-width forms as plain ones (NFKC): 「ＡＢＣ１２３」 is "ABC123", and an ideographic space is a space."""
    return unicodedata.normalize("NFKC", text)


def fold_name(text: str) -> str:
    """A login: folded, in small letters, without any blank."""
    return "".join(fold(text).split()).lower()
