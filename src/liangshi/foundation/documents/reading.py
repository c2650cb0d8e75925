"""Reads .xlsx, .xls and .csv of unknown origin.

The file is examined before it is unpacked, then parsed in a child process with limits on memory,
processor time and wall time. Every failure is a `DocumentError`; nothing else escapes.
"""

import datetime
import io
import json
import signal
import struct
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Literal

from liangshi.foundation.documents.sheets import Area, Cell, DocumentError, Row, Sheet, Workbook

MEBI = 1024 * 1024
CHILD = Path(__file__).with_name("_child.py")
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
END_OF_DIRECTORY = b"PK\x05\x06"
ZIP64_LOCATOR = b"PK\x06\x07"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Sizes in bytes, times in seconds; `ratio` is unpacked : packed of one part."""

    file: int = 20 * MEBI
    entries: int = 2_000
    directory: int = MEBI
    unpacked: int = 64 * MEBI
    ratio: int = 200
    ratio_from: int = 4 * MEBI
    cells: int = 400_000
    memory: int = 384 * MEBI
    cpu_seconds: int = 10
    wall_seconds: float = 15.0


LIMITS = Limits()

MESSAGES = {
    "empty": "这个文件是空的（0 字节）。请确认文件已经保存好，再重新上传。",
    "file_too_big": "文件超过 20 MB。名册不需要这么大：请删去图片和无关的工作表，或按年级分成几个文件。",
    "unknown_format": "认不出这个文件的格式。请用 Excel 或 WPS 打开它，另存为 .xlsx 后再上传。",
    "really_text": "这个文件其实是文本（CSV），请把扩展名改成 .csv 再上传，或用 Excel 打开后另存为 .xlsx。",
    "really_workbook": "这个文件其实是 Excel 工作簿，请把扩展名改成 .xlsx 或 .xls 再上传。",
    "really_html": "这个文件其实是网页表格，请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。",
    "not_workbook": "这个文件不是 Excel 工作簿。请用 Excel 或 WPS 打开名册，另存为 .xlsx 再上传。",
    "binary_workbook": "暂不支持 .xlsb 格式。请用 Excel 打开后另存为 .xlsx 再上传。",
    "encrypted": "这个文件设了打开密码。请用 Excel 或 WPS 打开，去掉密码后保存，再重新上传。",
    "corrupt": "文件已损坏，读不出内容。请用 Excel 或 WPS 打开原文件，另存为新的 .xlsx 再上传。",
    "too_many_parts": "文件的内部结构异常（部件过多），已拒绝读取。请把名册复制到新建的工作簿后再上传。",
    "bomb": "文件解开后异常庞大，已拒绝读取。请把有内容的部分复制到新建的工作簿，保存后再上传。",
    "unsafe_xml": "文件里有不安全的内容（外部实体声明），已拒绝读取。请用 Excel 或 WPS 另存为新的 .xlsx。",
    "too_many_cells": "表格太大（超过 40 万个有内容的单元格）。请删去无关的列，或按年级分成几个文件。",
    "too_big": "读取这个文件需要的内存太多，已停止。请把有内容的部分复制到新建的工作簿，保存后再上传。",
    "too_slow": "读取这个文件的时间太长，已停止。请把有内容的部分复制到新建的工作簿，保存后再上传。",
    "bad_encoding": "认不出这个 CSV 的文字编码。请用 Excel 打开，另存为「CSV UTF-8」或 .xlsx 再上传。",
    "bad_csv": "这个 CSV 有一格过长或引号不成对，读不下去。请用 Excel 打开检查，另存为 .xlsx 再上传。",
    "no_rows": "这个文件里没有内容。请确认名册在这个文件里，再重新上传。",
}


def refusal(code: str) -> DocumentError:
    return DocumentError(code, MESSAGES[code])


def read_workbook(data: bytes, filename: str, limits: Limits = LIMITS) -> Workbook:
    """The sheets of a file as plain data.

    `filename` only tells what the sender believes the file to be; the bytes decide. Formula cells are
    reported, never computed; macros are never unpacked. Formulas in .xls arrive as the value stored
    with them, because that format's reader does not tell them apart.
    Raises DocumentError, and nothing else.
    """
    try:
        form = examine(data, filename, limits)
        answer = parse(data, form, limits)
        workbook = Workbook(form, tuple(_sheet(raw) for raw in answer["sheets"]))
    except DocumentError:
        raise
    except Exception as error:
        raise refusal("corrupt") from error
    if not any(sheet.rows for sheet in workbook.sheets):
        raise refusal("no_rows")
    return workbook


def examine(data: bytes, filename: str, limits: Limits = LIMITS) -> Literal["xlsx", "xls", "csv"]:
    """What the bytes are, without unpacking anything. Raises DocumentError when they must not be read."""
    if not data:
        raise refusal("empty")
    if len(data) > limits.file:
        raise refusal("file_too_big")
    named_text = PurePath(filename).suffix.lower() in (".csv", ".txt")
    if data.startswith(b"PK"):
        if named_text:
            raise refusal("really_workbook")
        _examine_archive(data, limits)
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if named_text:
            raise refusal("really_workbook")
        if ENCRYPTED_PACKAGE in data:
            raise refusal("encrypted")
        return "xls"
    _examine_text(data, named_text)
    return "csv"


def _examine_text(data: bytes, named_text: bool) -> None:
    head = data[:4096]
    if not named_text and head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(
        (b"<html", b"<!doctype", b"<table")
    ):
        raise refusal("really_html")
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and (b"\0" in head or head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!"))):
        raise refusal("unknown_format")
    if not named_text:
        raise refusal("really_text")


def _examine_archive(data: bytes, limits: Limits) -> None:
    _examine_directory_size(data, limits)
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except Exception as error:  # zipfile has half a dozen ways to dislike a directory
        raise refusal("corrupt") from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.bin" in names:
        raise refusal("binary_workbook")
    if "xl/workbook.xml" not in names:
        raise refusal("not_workbook")
    if any(entry.flag_bits & 1 for entry in entries):
        raise refusal("encrypted")
    if len(entries) > limits.entries or len(names) != len(entries):
        raise refusal("too_many_parts")
    if sum(entry.file_size for entry in entries) > limits.unpacked or any(
        entry.file_size > limits.ratio_from and entry.file_size > limits.ratio * entry.compress_size
        for entry in entries
    ):
        raise refusal("bomb")


def _examine_directory_size(data: bytes, limits: Limits) -> None:
    """Before `zipfile` makes an object of every entry: how many does the archive claim?"""
    end = data.rfind(END_OF_DIRECTORY, max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        raise refusal("corrupt")
    entries, size = struct.unpack_from("<HI", data, end + 10)
    if entries > limits.entries or size > limits.directory or data[end - 20 : end - 16] == ZIP64_LOCATOR:
        raise refusal("too_many_parts")


def parse(data: bytes, form: str, limits: Limits) -> dict[str, Any]:
    """The child's answer for bytes that passed `examine`. Raises DocumentError when it failed."""
    order = {
        "format": form,
        "cells": limits.cells,
        "memory": limits.memory,
        "cpu_seconds": limits.cpu_seconds,
    }
    try:
        done = subprocess.run(  # noqa: S603  our own file and interpreter; -I: no environment, no user site
            [sys.executable, "-I", str(CHILD), json.dumps(order)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.wall_seconds,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise refusal("too_slow") from None
    if done.returncode != 0:
        raise refusal(_death(done.returncode))
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise refusal(answer["error"])
    return answer


def _death(returncode: int) -> str:
    """Why the child died: a failed allocation aborts, the processor limit has its own signal."""
    if returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return "too_slow"
    return "too_big" if returncode == -signal.SIGABRT else "corrupt"


def _sheet(raw: dict[str, Any]) -> Sheet:
    return Sheet(
        title=raw["title"],
        rows=tuple(
            Row(number, {column: _cell(kind, value) for column, kind, value in cells})
            for number, cells in raw["rows"]
        ),
        merged=tuple(Area(*bounds) for bounds in raw["merged"]),
        hidden=raw["hidden"],
        hidden_columns=frozenset(raw["hidden_columns"]),
    )


def _cell(kind: Any, value: Any) -> Cell:
    return Cell(kind, datetime.date.fromisoformat(value) if kind == "date" else value)
