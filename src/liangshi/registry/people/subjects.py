"""选科 (3+1+2): one of two first subjects, two of four second ones, and how rosters write them.

A combination is 「物化生」: first subject, then the two second ones in the order 化、生、政、地. Pure: no database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices

from liangshi.foundation.base.errors import DomainError


class First(TextChoices):
    """首选科目."""

    PHYSICS = "phy", "物理"
    HISTORY = "his", "历史"


class Second(TextChoices):
    """再选科目. The codes stand in the order of the alphabet, in which a combination is kept."""

    BIOLOGY = "bio", "生物学"
    CHEMISTRY = "che", "化学"
    GEOGRAPHY = "geo", "地理"
    POLITICS = "pol", "思想政治"


SHORT: dict[str, str] = {
    First.PHYSICS: "物",
    First.HISTORY: "史",
    Second.CHEMISTRY: "化",
    Second.BIOLOGY: "生",
    Second.POLITICS: "政",
    Second.GEOGRAPHY: "地",
}
_SPOKEN = list(SHORT)  # the order in which subjects are said
BAD_COMBO = "选科要选一门首选（物理或历史）和两门不同的再选（思想政治、地理、化学、生物学里选两门）。"


@dataclass(frozen=True, slots=True)
class Combo:
    """A permitted combination; `seconds` are in the order of their codes."""

    first: First
    seconds: tuple[Second, Second]

    @property
    def short(self) -> str:
        """「物化生」."""
        return SHORT[self.first] + "".join(SHORT[each] for each in self._spoken)

    @property
    def label(self) -> str:
        """「物理、化学、生物学」."""
        return "、".join(str(each.label) for each in (self.first, *self._spoken))

    @property
    def _spoken(self) -> list[Second]:
        return sorted(self.seconds, key=_SPOKEN.index)


def combo(first: str, seconds: Iterable[str]) -> Combo:
    """The combination of these codes. Raises DomainError `bad_combo` for everything but the twelve."""
    chosen = sorted(set(given := list(seconds)))
    if (
        first not in First.values
        or len(given) != 2
        or len(chosen) != 2
        or not set(chosen) <= {*Second.values}
    ):
        raise DomainError("bad_combo", BAD_COMBO, field="seconds" if first in First.values else "first")
    return Combo(First(first), (Second(chosen[0]), Second(chosen[1])))


ALL: tuple[Combo, ...] = tuple(
    Combo(first, (one, other))
    for first in First
    for place, one in enumerate(Second)
    for other in list(Second)[place + 1 :]
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says: a combination that is certain or to be confirmed, or none and why; all empty for an empty cell."""

    combo: Combo | None = None
    sure: bool = False
    problem: str = ""


_NOISE = re.compile(
    r"3\+1\+2|首选|再选|选考|选科|组合|科目|方向|学科|[类\d\s:：+＋,，、;；/|\-–—·.。()（）\[\]【】与和]"
)
_SUBJECTS: tuple[tuple[str, str], ...] = (
    ("思想政治", Second.POLITICS),
    ("思政", Second.POLITICS),
    ("政治", Second.POLITICS),
    ("政", Second.POLITICS),
    ("地理", Second.GEOGRAPHY),
    ("地", Second.GEOGRAPHY),
    ("化学", Second.CHEMISTRY),
    ("化", Second.CHEMISTRY),
    ("生物学", Second.BIOLOGY),
    ("生物", Second.BIOLOGY),
    ("生", Second.BIOLOGY),
    ("物理", First.PHYSICS),
    ("物", First.PHYSICS),
    ("历史", First.HISTORY),
    ("史", First.HISTORY),
    ("历", First.HISTORY),
)
_GUESSED: tuple[tuple[str, str], ...] = (("理", First.PHYSICS), ("文", First.HISTORY))
UNCHOSEN = frozenset({"未选", "未定", "无", "待定", "暂未选", "暂无"})


def read_combo(text: str) -> Reading:
    """What a roster's cell means: 「物化生」, 「历史+政治+地理」, 「政史地」 (to be confirmed), 「未选」 (empty)."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text))
    if not plain or plain in UNCHOSEN:
        return Reading()
    said, guessed = _subjects(plain)
    if said is None:
        return Reading(problem=f"「{text.strip()}」看不出是哪几门课。{BAD_COMBO}")
    firsts = [code for code in said if code in First.values]
    try:
        found = combo(firsts[0] if len(firsts) == 1 else "", [code for code in said if code not in firsts])
    except DomainError:
        return Reading(problem=f"「{text.strip()}」不是可以选的组合。{BAD_COMBO}")
    return Reading(found, sure=not guessed and said[0] == found.first)


def _subjects(plain: str) -> tuple[list[str] | None, bool]:
    """The codes that a text names in its order (None when something else stands there), and whether one was guessed."""
    said: list[str] = []
    guessed = False
    while plain:
        for words, code in (*_SUBJECTS, *_GUESSED):
            if plain.startswith(words):
                said.append(code)
                guessed = guessed or (words, code) in _GUESSED
                plain = plain.removeprefix(words)
                break
        else:
            return None, False
    return said, guessed
