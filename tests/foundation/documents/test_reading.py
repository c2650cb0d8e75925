"""Files of unknown origin: what they hold is read, what is wrong with them is said, nothing else escapes."""

import datetime
import struct
import zipfile

import pytest
from bench.documents import flipped, mutated, outcomes

from liangshi.foundation.documents import _child, reading
from liangshi.foundation.documents.reading import LIMITS, MESSAGES, Limits, read_workbook
from liangshi.foundation.documents.sheets import Area, Cell, DocumentError, address
from liangshi.foundation.documents.writing import Table, workbook_bytes
from tests.foundation.documents.files import PARTS, archive, sheet_xml, text_cell, xlsx

MEBI = 1024 * 1024
FEW = 40  # `liangshi bench documents` goes on to 1,000


def code_of(data: bytes, filename: str = "名册.xlsx", limits: Limits = LIMITS) -> str:
    with pytest.raises(DocumentError) as refused:
        read_workbook(data, filename, limits)
    assert refused.value.message == MESSAGES[refused.value.code]
    return refused.value.code


def only_sheet(data: bytes, filename: str = "名册.xlsx"):
    (sheet,) = read_workbook(data, filename).sheets
    return sheet


def cells_of(sheet) -> dict[str, Cell]:
    return {address(row.number, column): cell for row in sheet.rows for column, cell in row.cells.items()}


# --- what is read --------------------------------------------------------------------------------------


def test_cells_keep_their_address_and_kind():
    rows = (
        '<row r="3">'
        + text_cell("B3", "张三")
        + '<c r="D3"><v>13800138000</v></c><c r="E3" t="b"><v>1</v></c>'
        '<c r="F3"><v>3.40200201001E+17</v></c></row>'
    )
    assert cells_of(only_sheet(xlsx(rows))) == {
        "B3": Cell("text", "张三"),
        "D3": Cell("number", 13800138000.0),
        "E3": Cell("bool", True),
        "F3": Cell("number", 3.40200201001e17),
    }
    assert Cell("number", 13800138000.0).text == "13800138000"


def test_dates_are_dates():
    data = workbook_bytes([Table("甲", ["日期"], [[datetime.date(2009, 9, 1)]])])
    assert cells_of(only_sheet(data))["A2"] == Cell("date", datetime.date(2009, 9, 1))


def test_formulas_and_errors_are_named_with_and_without_a_stored_value():
    rows = (
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f>HYPERLINK("http://x")</f></c>'
        '<c r="C2" t="e"><v>#N/A</v></c>' + text_cell("D2", "张三") + "</row>"
        '<row r="3"><c r="B3"><f>1</f></c></row>'
        '<row r="9">' + text_cell("A9", "李四") + "</row>"
    )
    sheet = only_sheet(xlsx(rows))
    assert [row.number for row in sheet.rows] == [2, 3, 9]
    found = cells_of(sheet)
    assert {place: cell.kind for place, cell in found.items()} == {
        "A2": "formula",
        "B2": "formula",
        "C2": "error",
        "D2": "text",
        "B3": "formula",
        "A9": "text",
    }


def test_merged_ranges_and_hidden_columns_are_told():
    rows = (
        '<row r="1">'
        + text_cell("A1", "高一(1)班")
        + '</row><row r="2">'
        + text_cell("B2", "张三")
        + "</row>"
    )
    sheet = only_sheet(
        xlsx(
            rows,
            before='<cols><col min="2" max="3" width="9" hidden="1"/><col min="5" max="5" width="9"/></cols>',
            after='<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>',
        )
    )
    assert sheet.merged == (Area(1, 1, 2, 1),)
    assert sheet.hidden_columns == {2, 3}
    assert cells_of(sheet)["B2"].text == "张三"


def test_a_macro_workbook_is_read_without_its_macros():
    macro = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"x" * 100}
    data = xlsx('<row r="1">' + text_cell("A1", "张三") + "</row>", **macro)
    assert cells_of(only_sheet(data, "名册.xlsm"))["A1"].text == "张三"
    assert not {*macro} & {*_child.cell_parts(data)}, "nobody has unpacked them"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_in_every_encoding_and_with_every_separator(encoding, mark):
    text = f'姓名{mark}学号{mark}备注\r\n张㐂{mark}001{mark}"甲{mark}乙\n""丙"""\r\n\r\n李四{mark}{mark}\r\n'
    found = cells_of(only_sheet(text.encode(encoding), "名册.csv"))
    assert found["A2"].text == "张㐂"
    assert found["B2"] == Cell("text", "001")
    assert found["C2"].text == f'甲{mark}乙\n"丙"'
    assert found["A4"].text == "李四"


def test_csv_formulas_and_the_text_marks_of_spreadsheets():
    found = cells_of(only_sheet(b'=1+1,="001",\'002\r\n', "a.csv"))
    assert found == {"A1": Cell("formula", "=1+1"), "B1": Cell("text", "001"), "C1": Cell("text", "002")}


# --- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "a.xlsx", "empty"),
        ("学籍号,姓名\n1,2\n".encode(), "a.xlsx", "really_text"),
        ("学籍号,姓名\n1,2\n".encode("gb18030"), "a.xls", "really_text"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "really_html"),
        (b"%PDF-1.7 \n", "a.csv", "unknown_format"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.xlsx", "unknown_format"),
        (b"PK\x03\x04\0\1\2\3", "a.xlsx", "corrupt"),
        (xlsx(""), "a.csv", "really_workbook"),
        (xlsx(""), "a.xlsx", "no_rows"),
        (b",,\r\n,,\r\n", "a.csv", "no_rows"),
        (archive({"word/document.xml": "<w/>"}), "a.xlsx", "not_workbook"),
        (archive({"xl/workbook.bin": b"\0"}), "a.xlsb", "binary_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "corrupt"),
        (b"\xff\xff\xff\xff\x80\x80", "a.csv", "bad_encoding"),
        (("x" * 40_000).encode(), "a.csv", "bad_csv"),
        (archive(PARTS | {f"x/{n}": "" for n in range(2_100)}), "a.xlsx", "too_many_parts"),
    ],
)
def test_refusals(data, filename, code):
    assert code_of(data, filename) == code


def test_a_document_type_declaration_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + sheet_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
    )
    outside = bomb.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/hostname"')
    for xml in (bomb, outside, outside.encode("utf-16")):
        assert code_of(archive({**PARTS, "xl/worksheets/sheet1.xml": xml})) == "unsafe_xml"


def test_a_password_inside_the_archive_is_told():
    data = bytearray(xlsx('<row r="1">' + text_cell("A1", "张三") + "</row>"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + offset] |= 1
            start = data.find(mark, start + 4)
    assert code_of(bytes(data)) == "encrypted"


# --- what would cost too much --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def heavy_sheet() -> bytes:
    return sheet_xml('<row r="1"><c r="A1"/></row>').encode() + b" " * (200 * MEBI)


def test_a_bomb_is_refused_before_anything_is_unpacked(heavy_sheet, monkeypatch):
    data = archive({**PARTS, "xl/worksheets/sheet1.xml": heavy_sheet})
    assert len(data) < MEBI
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    monkeypatch.setattr(reading.subprocess, "run", lambda *_args, **_options: pytest.fail("parsed"))
    assert code_of(data) == "bomb"


def test_a_bomb_that_states_a_small_size_is_not_unpacked_further(heavy_sheet):
    data = bytearray(archive({**PARTS, "xl/worksheets/sheet1.xml": heavy_sheet}))
    true_size = struct.pack("<I", len(heavy_sheet))
    while (found := data.find(true_size)) >= 0:
        data[found : found + 4] = struct.pack("<I", 100_000)
    assert code_of(bytes(data), limits=Limits(memory=120 * MEBI, cpu_seconds=2)) == "corrupt"


def test_a_high_ratio_alone_is_refused():
    data = archive({**PARTS, "xl/worksheets/sheet1.xml": b" " * (10 * MEBI)})
    assert code_of(data) == "bomb"


def test_too_large_a_file_is_refused_unseen():
    assert code_of(b"PK" + b"\0" * LIMITS.file) == "file_too_big"


def test_a_tall_sheet_with_one_real_row_is_quick():
    rows = '<row r="1">' + text_cell("A1", "张三") + "</row>"
    rows += "".join(f'<row r="{n}" ht="15"><c r="A{n}" s="0"/></row>' for n in range(2, 200_000))
    data = xlsx(rows + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')
    (sheet,) = read_workbook(data, "a.xlsx", Limits(cpu_seconds=2)).sheets
    assert len(sheet.rows) == 1


def test_cells_in_opposite_corners_do_not_take_the_memory():
    rows = (
        '<row r="1">'
        + text_cell("A1", "甲")
        + '</row><row r="1048576">'
        + text_cell("XFD1048576", "乙")
        + "</row>"
    )
    assert code_of(xlsx(rows)) == "too_big"


def test_the_memory_limit_bites():
    rows = "".join(f'<row r="{n}">{text_cell(f"A{n}", f"{n:040d}")}</row>' for n in range(1, 100_000))
    data = xlsx(rows)
    assert len(only_sheet(data).rows) == 99_999
    assert code_of(data, limits=Limits(memory=60 * MEBI)) in ("too_big", "corrupt")


def test_the_cell_limit_bites():
    assert code_of(b"a,b\nc,d\n", "a.csv", Limits(cells=3)) == "too_many_cells"
    assert len(read_workbook(b"a,b\nc,d\n", "a.csv", Limits(cells=4)).sheets[0].rows) == 2


def test_the_processor_limit_bites():
    data = b"a,b,c,d\n" * 2_000_000
    limits = Limits(cpu_seconds=1, wall_seconds=300, cells=10**9, memory=8 * 1024 * MEBI)
    assert code_of(data, "a.csv", limits) == "too_slow"


def test_the_clock_bites():
    data = b"a,b,c,d\n" * 2_000_000
    assert code_of(data, "a.csv", Limits(wall_seconds=0.3, cells=10**9)) == "too_slow"


# --- mutations -----------------------------------------------------------------------------------------


def test_flipped_bytes_give_a_sentence_or_a_workbook():
    assert outcomes(flipped, FEW)["refused"] > FEW / 5


def test_mutated_parts_give_a_sentence_or_a_workbook():
    assert set(outcomes(mutated, FEW)) == {"read", "refused"}
