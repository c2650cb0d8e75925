"""From one cell to one clean value. Each reader raises `CellError` with a sentence, or returns the value.

A reader is only called for a cell that holds something.
"""

import datetime
import re
import unicodedata

from liangshi.foundation.documents.sheets import Cell
from liangshi.registry.people import codes

_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_DOTS = re.compile("[•・．‧∙●.]")
_LATIN = re.compile("[A-Za-z]")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[Ee]\+?\d+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{9,11}|[2-9][0-9]{6,7}")
_LABELLED_PHONE = re.compile(r"([\u4e00-\u9fff]*)[:(\s]*((?:\+?86[\s-]?)?\d[\d\s-]{5,}\d)\)?")
_LABELLED_NAME = re.compile(r"([\u4e00-\u9fff]{1,3})[:](.+)")
_SEPARATORS = re.compile(r"[、,;/|\n]+")
_FIRST_SERIAL = datetime.date(1899, 12, 30)

YES = ("是", "1", "√", "Y", "YES", "有", "对")
NO = ("否", "0", "×", "N", "NO", "无", "不是")


class CellError(Exception):
    """What is wrong with a cell: a stable code and a Chinese sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def plain(cell: Cell) -> str:
    """The text of a cell in half width, trimmed. A formula or an error is a fault."""
    if cell.kind == "formula":
        raise CellError(
            "formula", "这一格是公式，不能当作名册内容。请复制整列，“选择性粘贴”为“数值”后再上传。"
        )
    if cell.kind == "error":
        raise CellError("error_value", "这一格是表格软件算出的错误值。请改成真实内容后再上传。")
    if len(cell.text) > 500:
        raise CellError("too_long", "这一格超过 500 个字，不像名册内容。请检查是否填错了列。")
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", cell.text)).strip()


def text(cell: Cell) -> str:
    """Any short text, inner blanks reduced to one."""
    value = re.sub(r"\s+", " ", plain(cell))
    if len(value) > 100:
        raise CellError("too_long", "这一格超过 100 个字，不像名册内容。请检查是否填错了列。")
    return value


def number_text(cell: Cell) -> str:
    """A number that is a name (学号, 座号, 工号): text keeps its zeros; refuses what lost its digits."""
    value = re.sub(r"\s", "", plain(cell))
    if _SCIENTIFIC.fullmatch(value):
        raise CellError(
            "scientific",
            "号码被表格软件变成了科学计数，后几位已经丢失。请把这一列设为“文本”格式，重新填写完整号码。",
        )
    if len(value) > 30:
        raise CellError("too_long", "号码超过 30 位，请检查。")
    return value


def name(cell: Cell) -> str:
    """A person's name: blanks inside Chinese names removed, the dot of minority names made one."""
    plain(cell)  # a formula is a fault here too
    return clean_name(cell.text)


def clean_name(raw: str) -> str:
    value = _INVISIBLE.sub("", raw).translate(_WIDE).strip()
    value = re.sub(r"\s+", " ", value) if _LATIN.search(value) else _DOTS.sub("·", re.sub(r"\s", "", value))
    if not value or re.search(r"[\d=@<>{}]", value) or len(value) > 50:
        raise CellError("bad_name", "这不像一个姓名（姓名里不应有数字或符号）。请核对后改正。")
    return value


def names(cell: Cell) -> tuple[str, ...]:
    """One or several names in one cell: 张三、李四."""
    return tuple(clean_name(part) for part in _SEPARATORS.split(plain(cell)) if part.strip())


def labelled_names(cell: Cell) -> tuple[tuple[str, str], ...]:
    """(relation, name) of each person in a cell: 张三, or 父：张三；母：李四."""
    found = []
    for part in re.split(r"[;,、\n/|]+", plain(cell)):
        labelled = _LABELLED_NAME.fullmatch(part.strip())
        relation = codes.relation_code(labelled[1]) if labelled else None
        if part.strip():
            found.append((relation or "", clean_name(labelled[2] if labelled and relation else part)))
    if len(found) == 1 and not found[0][0]:
        return (("", name(cell)),)
    return tuple(found)


def labelled_phones(cell: Cell) -> tuple[tuple[str, str], ...]:
    """(relation, phone) of each number in a cell: 138 0013 8000, or 父：138…；母：139…."""
    value = plain(cell)
    found: list[tuple[str, str]] = []
    for label, digits in _LABELLED_PHONE.findall(value):
        relation = codes.relation_code(label) or ""
        found.extend((relation, phone) for phone in _phones(digits))
    rest = re.sub(r"[\s:;,、/|()\-\u4e00-\u9fff]", "", _LABELLED_PHONE.sub("", value))
    if rest or not found:
        raise _bad_phone()
    return tuple(found)


def phone(cell: Cell) -> str:
    """Exactly one phone number, digits only."""
    found = labelled_phones(cell)
    if len(found) > 1:
        raise CellError("several_phones", "一格里有几个号码。请只留一个常用号码。")
    return found[0][1]


def _phones(digits: str) -> list[str]:
    compact = re.sub(r"\D", "", digits)
    if len(compact) == 13 and compact.startswith("86"):
        compact = compact[2:]
    if _MOBILE.fullmatch(compact) or _LANDLINE.fullmatch(compact):
        return [compact]
    if len(compact) == 22 and _MOBILE.fullmatch(compact[:11]) and _MOBILE.fullmatch(compact[11:]):
        return [compact[:11], compact[11:]]
    raise _bad_phone()


def _bad_phone() -> CellError:
    return CellError("bad_phone", "电话号码不对：手机应为 1 开头的 11 位数字，座机请带区号。请核对后改正。")


def identity(cell: Cell) -> str:
    """An ID number or 学籍号 as text, x made X. A number cell has lost its last digits and is a fault."""
    value = re.sub(r"[\s'\-]", "", plain(cell)).upper()
    if cell.kind == "number" or _SCIENTIFIC.fullmatch(value):
        raise CellError(
            "scientific",
            "号码被表格软件当成了数字（科学计数），后几位已经丢失。"
            "请把这一列设为“文本”格式，重新填写完整号码，或从原系统重新导出。",
        )
    return value


NATIONAL_FAULTS = {
    "letter": ("bad_letter", "学籍号应以 G、J 或 L 开头，后面是 18 位号码。请核对后改正。"),
    "length": ("bad_length", "学籍号应为 19 位（G、J 或 L 加 18 位号码）。请核对是否漏了或多了字符。"),
    "birth": ("bad_birth_in_no", "学籍号里的出生日期（第 8–15 位）不是一个日期。请核对后改正。"),
    "check": (
        "bad_check_digit",
        "学籍号的最后一位（校验码）与前面的数字对不上，多半有一位抄错。请核对后改正。",
    ),
}
ID_FAULTS = {
    "length": ("bad_length", "身份证号应为 18 位数字（最后一位可以是 X）。请核对后改正。"),
    "birth": ("bad_birth_in_no", "身份证号里的出生日期（第 7–14 位）不是一个日期。请核对后改正。"),
    "check": (
        "bad_check_digit",
        "身份证号的最后一位（校验码）与前面的数字对不上，多半有一位抄错。请核对后改正。",
    ),
}


def national_no(cell: Cell) -> str:
    """A sound 学籍号 of 19 characters."""
    value = identity(cell)
    fault = codes.national_no_fault(value)
    if fault:
        raise CellError(*NATIONAL_FAULTS[fault])
    return value


def id_no(cell: Cell) -> str:
    """A sound ID number of 18 characters."""
    value = identity(cell)
    fault = codes.id_number_fault(value)
    if fault:
        raise CellError(*ID_FAULTS[fault])
    return value


def gender(cell: Cell) -> str:
    return _coded(codes.gender_code(plain(cell)), "bad_gender", "性别请填“男”或“女”（或代码 1、2）。")


def relation(cell: Cell) -> str:
    return _coded(
        codes.relation_code(plain(cell)), "bad_relation", "看不懂这个关系。请填父亲、母亲、祖父、祖母等称谓。"
    )


def lodging(cell: Cell) -> str:
    return _coded(
        codes.lodging_code(plain(cell)), "bad_lodging", "就读方式请填“走读”或“住校”（或代码 1、2）。"
    )


def left_behind(cell: Cell) -> str:
    return _coded(
        codes.left_behind_code(plain(cell)),
        "bad_left_behind",
        "是否留守请填“非留守”“单亲留守”或“双亲留守”（或代码 0、1、2）。",
    )


def _coded(code: str | None, fault: str, message: str) -> str:
    if code is None:
        raise CellError(fault, message)
    return code


def yes_no(cell: Cell) -> bool:
    value = plain(cell).upper()
    if value in YES:
        return True
    if value in NO:
        return False
    raise CellError("bad_yes_no", "这一格请填“是”或“否”。")


def date(cell: Cell) -> datetime.date:
    """2009.9.1, 2009-09-01, 2009年9月1日, 20090901, a date cell or a spreadsheet's serial number."""
    if isinstance(cell.value, datetime.date):
        return cell.value
    value = plain(cell)
    try:
        if re.fullmatch(r"\d{5}", value):
            return _FIRST_SERIAL + datetime.timedelta(days=int(value))
        if re.fullmatch(r"\d{8}", value):
            return datetime.date(int(value[:4]), int(value[4:6]), int(value[6:]))
        parts = re.fullmatch(r"(\d{4})[.\-/年](\d{1,2})[.\-/月](\d{1,2})日?(?:\s+[\d:.]+)?", value)
        if parts:
            return datetime.date(int(parts[1]), int(parts[2]), int(parts[3]))
    except (ValueError, OverflowError):
        pass
    raise CellError("bad_date", "看不懂这个日期。请写成 2009-09-01 或 20090901 这样。")


def month(cell: Cell) -> str:
    """入学年月 as YYYYMM: 202609, 2026-09, 2026年9月, or a full date."""
    if not isinstance(cell.value, datetime.date):
        parts = re.fullmatch(r"(\d{4})[.\-/年]?(\d{1,2})月?", plain(cell))
        if parts and 1 <= int(parts[2]) <= 12:
            return f"{parts[1]}{int(parts[2]):02d}"
    day = date(cell)
    return f"{day.year}{day.month:02d}"


def several(cell: Cell) -> tuple[str, ...]:
    """A list in one cell: 语文、数学."""
    return tuple(part.strip() for part in _SEPARATORS.split(plain(cell)) if part.strip())
