"""`liangshi bench documents`: damaged workbooks, each of which must become a workbook or a sentence.

The suite tries the first few of the same row (`tests/foundation/documents/test_reading.py`); here it is long, because
every file is read in a process of its own.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from liangshi.foundation.documents.reading import read_workbook
from liangshi.foundation.documents.sheets import DocumentError
from liangshi.foundation.documents.writing import Table, workbook_bytes

MANY = 1_000


def sample() -> bytes:
    rows = [[f"G34020020090{n:07d}", f"张{n}", n, dt.date(2009, 9, 1)] for n in range(20)]
    return workbook_bytes([Table("甲", ["学籍号", "姓名", "序号", "日期"], rows)])


def flipped() -> Iterator[bytes]:
    """The file itself is damaged: some bytes of it, often its end is missing."""
    chance = random.Random(20260901)
    original = sample()
    while True:
        data = bytearray(original)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield bytes(data[: chance.choice((len(data), len(data), chance.randrange(len(data))))])


def mutated() -> Iterator[bytes]:
    """The archive is sound, so that the damage reaches the parsers."""
    chance = random.Random(20260902)
    with zipfile.ZipFile(io.BytesIO(sample())) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    targets = [name for name in parts if name.startswith("xl/") and "theme" not in name]
    while True:
        name = chance.choice(targets)
        content = bytearray(parts[name])
        for _ in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.choice(b'<>"=&/09AZz\0\xff')
        yield archive(parts | {name: bytes(content)})


def archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in parts.items():
            packed.writestr(path, content)
    return target.getvalue()


def outcomes(damaged: Callable[[], Iterator[bytes]], count: int) -> Counter[str]:
    """How many were read and how many refused in words. Whatever else is raised is the finding."""
    found: Counter[str] = Counter()
    for data in islice(damaged(), count):
        try:
            read_workbook(data, "名册.xlsx")
        except DocumentError:
            found["refused"] += 1
        else:
            found["read"] += 1
    return found


def main(argv: Sequence[str]) -> int:
    """Print the table; a traceback where one file was neither read nor refused, 2 on wrong usage."""
    if argv:
        print("用法：liangshi bench documents（不带参数）", file=sys.stderr)
        return 2
    print("| 损坏的工作簿 | 读出 | 用一句话拒绝 |\n|---|---|---|")
    for name, damaged in (("字节", flipped), ("部件", mutated)):
        found = outcomes(damaged, MANY)
        print(f"| {MANY} 份，改动{name} | {found['read']} | {found['refused']} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
