"""Codes and identity numbers of national standards, as pure functions (`domain.md` 4.6).

Gender GB/T 2261.1, family relation GB/T 4761, ID number GB 11643, 学籍号 of the national pupil registry.
"""

import datetime
import re

GENDERS = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}
RELATIONS = {
    "51": "父亲",
    "52": "母亲",
    "61": "祖父",
    "62": "祖母",
    "63": "外祖父",
    "64": "外祖母",
    "71": "兄",
    "73": "弟",
    "75": "姐",
    "77": "妹",
    "97": "其他亲属",
    "99": "非亲属",
}
LODGINGS = {"1": "走读", "2": "住校"}

GENDER_WORDS = {
    "1": ("1", "男", "男性", "男生", "M"),
    "2": ("2", "女", "女性", "女生", "F"),
    "9": ("0", "9", "未知", "未说明"),
}
RELATION_WORDS = {
    "51": ("父亲", "父", "爸爸", "爸", "父子", "父女", "生父", "养父", "继父"),
    "52": ("母亲", "母", "妈妈", "妈", "母子", "母女", "生母", "养母", "继母"),
    "61": ("祖父", "爷爷"),
    "62": ("祖母", "奶奶"),
    "63": ("外祖父", "外公", "姥爷"),
    "64": ("外祖母", "外婆", "姥姥"),
    "71": ("兄", "哥哥", "哥", "兄长"),
    "73": ("弟", "弟弟"),
    "75": ("姐", "姐姐"),
    "77": ("妹", "妹妹"),
    "97": (
        "其他亲属",
        "其他",
        "亲属",
        "叔叔",
        "伯父",
        "伯伯",
        "舅舅",
        "姑姑",
        "姑妈",
        "姨妈",
        "阿姨",
        "婶婶",
    ),
    "99": ("非亲属", "监护机构", "村委会", "居委会"),
}
LODGING_WORDS = {
    "1": ("1", "走读", "走读生", "通校", "通学", "不住校", "否", "不住宿"),
    "2": ("2", "住校", "住校生", "住宿", "住宿生", "寄宿", "寄宿生", "内宿", "是"),
}
LEFT_BEHIND_WORDS = {
    "0": ("非留守", "非留守儿童", "不是留守儿童", "否", "不是", "无"),
    "1": ("单亲留守", "单亲留守儿童", "单亲"),
    "2": ("双亲留守", "双亲留守儿童", "双亲"),
    "9": ("是", "留守", "留守儿童", "留守学生"),
}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")


def _reverse(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: code for code, several in words.items() for word in (code, *several)}


_GENDER = _reverse(GENDER_WORDS)
_RELATION = _reverse(RELATION_WORDS)
_LODGING = _reverse(LODGING_WORDS)
_LEFT_BEHIND = _reverse(LEFT_BEHIND_WORDS)


def gender_code(word: str) -> str | None:
    """男, 1, 女性 … → "1", "2" or "9"; None when it is no gender."""
    return _GENDER.get(word.strip().upper())


def relation_code(word: str) -> str | None:
    """父亲, 爸爸, 父, 父子, 51 → "51"; None when it is no relation."""
    return _RELATION.get(word.strip())


def lodging_code(word: str) -> str | None:
    """走读, 1, 住校, 是 (of 是否住校) … → "1" or "2"; None when it is neither."""
    return _LODGING.get(word.strip())


def left_behind_code(word: str) -> str | None:
    """非留守, 否, 单亲留守, 双亲留守, 是 (which, is not said) → "0", "1", "2" or "9"; None when it is none."""
    return _LEFT_BEHIND.get(word.strip())


def check_character(first_17: str) -> str:
    """The 18th character of an ID number: ISO 7064 mod 11-2 over the first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def birth_date(number: str) -> datetime.date | None:
    """Digits 7–14 of an 18-character number as a date; None when they are none."""
    try:
        return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def gender_of(number: str) -> str:
    """The gender that the 17th digit of an ID number states: odd "1", even "2"."""
    return "1" if int(number[16]) % 2 else "2"


def id_number_fault(number: str) -> str | None:
    """What is wrong with an 18-character ID number: "length", "birth", "check"; None when it is sound."""
    if not _EIGHTEEN.fullmatch(number):
        return "length"
    if birth_date(number) is None:
        return "birth"
    return None if check_character(number[:17]) == number[17] else "check"


def national_no_fault(number: str) -> str | None:
    """What is wrong with a 学籍号: G + ID number, J + 18 generated digits, L + 18 temporary ones.

    "letter", "length", "birth", "check", or None. L carries no check digit.
    """
    if number[:1] not in ("G", "J", "L"):
        return "letter" if len(number) == 19 else "length"
    fault = id_number_fault(number[1:])
    return None if fault == "check" and number[0] == "L" else fault
