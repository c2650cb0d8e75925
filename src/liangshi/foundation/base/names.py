"""Names of people: how they are found and told apart."""

from __future__ import annotations

import re
import unicodedata

from pypinyin import Style, lazy_pinyin


def tidy(text: str) -> str:
    """One writing for one name: width folded, blanks inside two-character names dropped, · unified.

    「张　三」 and 「张 三」 are 张三; a name in Latin letters keeps its single blanks.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    text = re.sub(r"[・‧•∙⋅●．]", "·", text)
    return re.sub(r"\s+", " ", text) if text.isascii() else re.sub(r"\s+", "", text)


def search_keys(name: str) -> str:
    """What a name is found by: initials and full pinyin, blank between: 李晓明 → "lxm lixiaoming"."""
    syllables = [part.lower() for part in lazy_pinyin(name, style=Style.NORMAL, errors="default")]
    initials = "".join(part[0] for part in syllables if part and part[0].isalnum())
    return f"{initials} {''.join(part for part in syllables if part.isalnum())}"
