"""Class names as schools write them, and the one form that we keep (`domain.md` 4.6).

级 is the year of entry, 届 the year of graduation three years later: 2027届 = 2024级.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 40
YEARS_OF_STUDY = 3
GRADES = ("高一", "高二", "高三")
REPEAT = "复读"

TRACKS = {
    "物理": ("物理类", "物理", "理科", "物", "理"),
    "历史": ("历史类", "历史", "文科", "史", "文"),
    "实验": ("实验",),
    "创新": ("创新",),
    "艺术": ("艺术", "艺体"),
    "美术": ("美术",),
    "音乐": ("音乐",),
    "体育": ("体育",),
    "民族": ("民族",),
    REPEAT: ("复读", "复习", "补习"),
}
TRACK_OF_WORD = {word: track for track, words in TRACKS.items() for word in words}

_TRACK = "(?P<track>" + "|".join(sorted(TRACK_OF_WORD, key=len, reverse=True)) + ")?"
_LATE = _TRACK.replace("track", "late")
_NUMBER = r"\(?(?P<number>\d{1,2})\)?"
_ENTRY = r"(?:(?P<entry>(?:20)?\d\d)级)?"
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        # 高一(3)班, 高一年级3班, 高三理1班, 高三1班(物理), 2024级高一(3)班, 高1.3
        rf"{_ENTRY}高中?(?P<grade>[123])(?!\d)(?:年级|年)?[.·-]*(?:年级|年)?{_TRACK}{_NUMBER}班?\(?{_LATE}\)?",
        # 2024级3班, 24级(03)班, 2027届3班, 高2024级3班
        rf"高?(?P<year>(?:20)?\d\d)(?P<counted>级|届)(?:高中)?{_TRACK}{_NUMBER}班?",
        # G2403, 高2403班, 2403班
        r"(?:G|高)(?P<short>\d\d)(?P<number>\d\d)班?|(?P<short_>\d\d)(?P<number_>\d\d)班",
        # 高103班: one digit of grade, two of class
        r"高(?P<grade>[123])(?P<number>\d\d)班",
        # 复读1班: repeats the last year
        rf"(?:高三)?(?P<track>{'|'.join(TRACKS[REPEAT])}){_NUMBER}班?",
    )
)
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_CHINESE_NUMBER = re.compile("[零〇一二三四五六七八九十]+")
_GRADE_MARK = re.compile("高中?([一二三])")
_PUNCTUATION = str.maketrans("〔【[〕】]—–_", "((()))---")


@dataclass(frozen=True, slots=True, order=True)
class ClassName:
    """`cohort` is the year of entry, `number` 1–99, `track` one of TRACKS or ""."""

    cohort: int
    number: int
    track: str = ""

    @property
    def code(self) -> str:
        """The normal form, unique within a school: 2024-03, 2024-01-物理."""
        return f"{self.cohort}-{self.number:02d}" + (f"-{self.track}" if self.track else "")

    def display(self, *, year_start: int) -> str:
        """As people say it in the academic year that begins in `year_start`: 高一(3)班."""
        if self.track == REPEAT:
            return f"{REPEAT}({self.number})班"
        grade = year_start - self.cohort
        head = GRADES[grade] if 0 <= grade < YEARS_OF_STUDY else f"{self.cohort}级"
        return f"{head}{self.track}({self.number})班"


def parse(text: str, *, year_start: int) -> ClassName | None:
    """The class meant by `text` in the academic year that begins in `year_start`; None when it names none.

    A name of a year (2024级3班) is understood whether or not that cohort is still at school; a bare
    four-digit form (2403班) only when it is. Contradictions (2024级高三 in 2024) are None.
    """
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    for form in _FORMS:
        found = form.fullmatch(plain)
        if found:
            return _named(
                {key.rstrip("_"): value for key, value in found.groupdict().items() if value}, year_start
            )
    return None


def _plain(text: str) -> str:
    """Half width, no blanks, numbers in digits, a dot after a Chinese grade: 高一（十三）班 → 高1.(13)班."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper().translate(_PUNCTUATION)
    dotted = _GRADE_MARK.sub(lambda mark: f"高{'一二三'.index(mark[1]) + 1}.", plain)
    return _CHINESE_NUMBER.sub(lambda numeral: str(_number(numeral[0])), dotted)


def _number(numeral: str) -> int:
    """一 … 九十九; digit by digit (一三 = 13, 二〇二四 = 2024) when there is no 十. 0 when it is neither."""
    if "十" not in numeral:
        return int("".join(str(_DIGITS[digit]) for digit in numeral))
    tens, _, ones = numeral.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _named(parts: dict[str, str], year_start: int) -> ClassName | None:
    number = int(parts["number"])
    if number == 0 or ("track" in parts and "late" in parts):
        return None
    track = TRACK_OF_WORD.get(parts.get("track") or parts.get("late", ""), "")
    cohort = _cohort(parts, track, year_start)
    return None if cohort is None else ClassName(cohort, number, track)


def _cohort(parts: dict[str, str], track: str, year_start: int) -> int | None:
    if "short" in parts:
        cohort = 2000 + int(parts["short"])
        return cohort if 0 <= year_start - cohort < YEARS_OF_STUDY else None
    if "year" in parts:
        year = _full_year(parts["year"])
        return year - YEARS_OF_STUDY if parts["counted"] == "届" else year
    if "grade" in parts:
        cohort = year_start - (int(parts["grade"]) - 1)
        return None if "entry" in parts and _full_year(parts["entry"]) != cohort else cohort
    return year_start - (YEARS_OF_STUDY - 1)


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
