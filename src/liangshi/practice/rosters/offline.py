"""`liangshi import-roster FILE --dry-run`: what a file holds, on a machine without any school."""

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from liangshi.foundation.documents.reading import LIMITS, refusal
from liangshi.foundation.documents.sheets import DocumentError
from liangshi.practice.rosters.parsing.reading import KINDS, read_roster
from liangshi.practice.rosters.report import Report, report_of, report_of_refusal, sentences

FIRST_MONTH = 9  # the academic year begins on 1 September


def year_start_of(day: datetime.date) -> int:
    """The calendar year in which the academic year of `day` begins."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def argument_parser() -> argparse.ArgumentParser:
    """The arguments of `import-roster`, with and without a database."""
    parser = argparse.ArgumentParser(
        prog="liangshi import-roster", description="导入名册：学生、教职工、已有导师名单或社团。"
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="名册文件（.xlsx、.xls 或 .csv）")
    parser.add_argument("--school", metavar="CODE", help="学校标识码；写入时必填")
    parser.add_argument("--kind", choices=list(KINDS), help="名册种类；不填则从表头认出")
    parser.add_argument("--year", type=int, metavar="YYYY", help="学年从哪一年 9 月开始；不填则按今天")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入；不需要数据库里有学校")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    return parser


def run_dry(argv: Sequence[str], *, today: datetime.date, out: TextIO | None = None) -> int:
    """Reads the file and prints the report. Every record counts as new.

    Returns 0 when the file could be applied whole, 1 when not. Wrong arguments exit with 2 (argparse).
    """
    arguments = argument_parser().parse_args(argv)
    year_start = arguments.year or year_start_of(today)
    report = dry_report(arguments.file, kind=arguments.kind, year_start=year_start)
    print_report(report, as_json=arguments.json, out=out or sys.stdout)
    return 0 if report.applicable else 1


def dry_report(path: Path, *, kind: str | None, year_start: int) -> Report:
    try:
        roster = read_roster(file_bytes(path), path.name, kind=kind, year_start=year_start)
    except DocumentError as error:
        return report_of_refusal(error, kind)
    return report_of(roster, new=len(roster.rows), changed=0, unchanged=0)


def file_bytes(path: Path) -> bytes:
    """The bytes of a file; one that is missing or too big is a DocumentError, and never read whole."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMITS.file + 1)
    except OSError as error:
        raise DocumentError(
            "no_file", f"打不开文件“{path.name}”。请检查路径是否正确、文件是否正被占用。"
        ) from error
    if len(data) > LIMITS.file:
        raise refusal("file_too_big")
    return data


def print_report(report: Report, *, as_json: bool, out: TextIO) -> None:
    if as_json:
        out.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        out.write("\n".join(sentences(report)) + "\n")
