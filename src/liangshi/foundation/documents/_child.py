"""Parses one workbook inside limits. Run as a file by `reading`; imports nothing of the project.

In: the limits as JSON in argv[1], the file on stdin. Out: one JSON object on stdout, either
{"sheets": [{title, hidden, hidden_columns, merged, rows}]} or {"error": code}. A row is
[number, [[column, kind, value], …]], everything counted from 1.
"""

import csv
import datetime
import io
import json
import posixpath
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
FIXED_PARTS = (
    "[Content_Types].xml",
    "_rels/.rels",
    WORKBOOK,
    RELATIONS,
    "xl/styles.xml",
    "xl/sharedStrings.xml",
)
CELL_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
NEEDS_SCAN = re.compile(rb"""<(?:\w+:)?f[\s>/]|t=["']e["']""")
COLUMN_TAG = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
ATTRIBUTE = re.compile(rb"""(\w+)=["']([^"']*)["']""")
TEXT_MARKER = re.compile(r'="(.*)"', re.DOTALL)


class RefusalError(Exception):
    """The file is refused for the reason in args[0]."""


def main() -> None:
    limits = json.loads(sys.argv[1])
    bound(limits)
    try:
        data = sys.stdin.buffer.read()
        reader = {"csv": read_csv, "xlsx": read_xlsx, "xls": read_xls}[limits["format"]]
        answer: dict[str, Any] = {"sheets": list(counted(reader(data), limits["cells"]))}
        text = json.dumps(answer, ensure_ascii=True, separators=(",", ":"))
    except RefusalError as refusal:
        text = json.dumps({"error": refusal.args[0]})
    except MemoryError:
        text = '{"error":"too_big"}'
    except zipfile.BadZipFile:
        text = '{"error":"corrupt"}'
    except BaseException as error:  # a Rust panic arrives as a BaseException
        protected = type(error).__name__ == "PasswordError"
        text = json.dumps({"error": "encrypted" if protected else "corrupt"})
    sys.stdout.write(text)


def bound(limits: dict[str, Any]) -> None:
    if sys.platform == "win32":
        return  # knows no such limits; there the parent's clock is the only one
    import resource

    for name, value in (
        ("RLIMIT_AS", limits["memory"]),
        ("RLIMIT_CPU", limits["cpu_seconds"]),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
    ):
        resource.setrlimit(getattr(resource, name), (value, value))


def counted(sheets: Iterable[dict[str, Any]], most: int) -> Iterator[dict[str, Any]]:
    """Passes sheets on while they hold no more than `most` cells together."""
    for sheet in sheets:
        rows = []
        for row in sheet["rows"]:
            most -= len(row[1])
            if most < 0:
                raise RefusalError("too_many_cells")
            rows.append(row)
        sheet["rows"] = rows
        yield sheet


# --- .xlsx ---------------------------------------------------------------------------------------------


def read_xlsx(data: bytes) -> Iterator[dict[str, Any]]:
    """Repacks only the parts that hold cells, each inside its declared size, and parses those.

    Macros, links, pictures and everything else in the archive are never unpacked.
    """
    parts = cell_parts(data)
    marks = {title: scan(parts[path]) for title, path in sheet_paths(parts).items() if path in parts}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in list(parts):
            archive.writestr(path, parts.pop(path))
    packed.seek(0)
    for sheet in calamine_sheets(packed):
        cells, hidden = marks.get(sheet["title"], ({}, []))
        sheet["rows"] = list(marked(sheet["rows"], cells))
        sheet["hidden_columns"] = hidden
        yield sheet


def cell_parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())

        def read(path: str) -> bytes:
            with archive.open(path) as part:  # `archive.read` would inflate past the declared size
                content = part.read(archive.getinfo(path).file_size)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content[:64]:
                raise RefusalError("unsafe_xml")
            return content

        parts = {path: read(path) for path in FIXED_PARTS if path in names}
        if WORKBOOK not in parts:
            raise RefusalError("not_workbook")
        for path in relation_targets(parts).values():
            if path in names and path not in parts:
                parts[path] = read(path)
    return parts


def relation_targets(parts: dict[str, bytes]) -> dict[str, str]:
    """Relation id → archive path, worksheets only."""
    root = ElementTree.fromstring(parts.get(RELATIONS, b"<none/>"))  # noqa: S314  has no DTD, see `read`
    return {
        item.get("Id", ""): posixpath.normpath(posixpath.join("xl", item.get("Target", "")).lstrip("/"))
        for item in root
        if item.get("Type", "").endswith("/worksheet")
    }


def sheet_paths(parts: dict[str, bytes]) -> dict[str, str]:
    """Sheet title → archive path."""
    targets = relation_targets(parts)
    paths = {}
    for item in ElementTree.fromstring(parts[WORKBOOK]).iter():  # noqa: S314  has no DTD
        if item.tag.rpartition("}")[2] == "sheet":
            relation = next((value for key, value in item.attrib.items() if key.endswith("}id")), "")
            paths[item.get("name", "")] = targets.get(relation, "")
    return paths


def scan(xml: bytes) -> tuple[dict[tuple[int, int], str], list[int]]:
    """What calamine does not tell: cells with a formula or an error, and hidden columns."""
    return (special_cells(xml) if NEEDS_SCAN.search(xml) else {}), hidden_columns(xml)


def special_cells(xml: bytes) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    row = column = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        tag = name.rpartition(":")[2]
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif tag == "c":
            reference = CELL_REFERENCE.match(attributes.get("r", ""))
            column = column_number(reference[1]) if reference else column + 1
            if attributes.get("t") == "e":
                found[row, column] = "error"
        elif tag == "f":
            found[row, column] = "formula"

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(xml, True)
    return found


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def hidden_columns(xml: bytes) -> list[int]:
    hidden: list[int] = []
    for tag in COLUMN_TAG.findall(xml[: max(xml.find(b"sheetData"), 0)]):
        attributes = dict(ATTRIBUTE.findall(tag))
        if attributes.get(b"hidden") in (b"1", b"true"):
            first, last = int(attributes.get(b"min", 0)), int(attributes.get(b"max", 0))
            hidden.extend(range(first, min(last, 16_384) + 1))
    return hidden


def marked(rows: Iterable[list[Any]], special: dict[tuple[int, int], str]) -> Iterator[list[Any]]:
    """Rows with formula and error cells named as such; a formula without a stored value appears too."""
    plain: dict[int, list[Any]] = dict(rows)  # a row is [number, cells]
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), kind in special.items():
        by_row.setdefault(row, {})[column] = kind
    for number in sorted(plain.keys() | by_row.keys()):
        yield merge_marks(number, plain.get(number, []), by_row.get(number, {}))


def merge_marks(number: int, cells: list[list[Any]], marks: dict[int, str]) -> list[Any]:
    if marks:
        plain = {column: [column, kind, value] for column, kind, value in cells}
        for column, kind in marks.items():
            shown = plain.get(column, [column, kind, ""])[2]
            plain[column] = [column, kind, str(shown)]
        cells = [plain[column] for column in sorted(plain)]
    return [number, cells]


# --- .xls, and the cells of both -----------------------------------------------------------------------


def read_xls(data: bytes) -> Iterator[dict[str, Any]]:
    return calamine_sheets(io.BytesIO(data))


def calamine_sheets(source: io.BytesIO) -> Iterator[dict[str, Any]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(source)
    for index, about in enumerate(workbook.sheets_metadata):
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        yield {
            "title": about.name,
            "hidden": about.visible != SheetVisibleEnum.Visible,
            "hidden_columns": [],
            "merged": [
                [top + 1, left + 1, bottom + 1, right + 1]
                for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
            ],
            "rows": calamine_rows(sheet),
        }


def calamine_rows(sheet: Any) -> Iterator[list[Any]]:
    _, left = sheet.start or (0, 0)
    for number, values in enumerate(sheet.iter_rows(), 1):  # pads rows above the first, not columns
        cells = [typed(column, value) for column, value in enumerate(values, left + 1) if value != ""]
        if cells:
            yield [number, cells]


def typed(column: int, value: Any) -> list[Any]:
    if isinstance(value, str):
        return [column, "text", value]
    if isinstance(value, bool):
        return [column, "bool", value]
    if isinstance(value, float) and value - value != 0:
        return [column, "error", str(value)]
    if isinstance(value, int | float):
        return [column, "number", value]
    if isinstance(value, datetime.date):
        return [column, "date", value.isoformat()[:10]]
    return [column, "text", str(value)]


# --- .csv ----------------------------------------------------------------------------------------------


def read_csv(data: bytes) -> Iterator[dict[str, Any]]:
    text = decoded(data)
    csv.field_size_limit(32_767)
    try:
        rows = list(csv_rows(text))
    except csv.Error:
        raise RefusalError("bad_csv") from None
    yield {"title": "", "hidden": False, "hidden_columns": [], "merged": [], "rows": rows}


def decoded(data: bytes) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"", "utf-8"),
        (b"", "gb18030"),
    ):
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" in text:
                break
            return text
    raise RefusalError("bad_encoding")


def csv_rows(text: str) -> Iterator[list[Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    for number, values in enumerate(reader, 1):
        cells = [csv_cell(column, value) for column, value in enumerate(values, 1) if value]
        if cells:
            yield [number, cells]


def delimiter(text: str) -> str:
    """The separator that the first lines use most evenly; a comma when none shows."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]

    def evenness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        return sum(count > 0 for count in counts), sum(counts)

    return max(",;\t", key=evenness) if lines else ","


def csv_cell(column: int, value: str) -> list[Any]:
    """Undoes what keeps a value text in a .csv: ="001" of spreadsheets, and one leading apostrophe."""
    wrapped = TEXT_MARKER.fullmatch(value)
    if wrapped:
        return [column, "text", wrapped[1]]
    if value.startswith("="):
        return [column, "formula", value]
    return [column, "text", value[1:] if value.startswith("'") else value]


if __name__ == "__main__":
    main()
