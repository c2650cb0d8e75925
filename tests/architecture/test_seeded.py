"""A seeded fault that stands nowhere any more, or whose test is gone, finds nothing: each still fits the code as it is."""

from __future__ import annotations

from pathlib import Path

from tests.seeded.run import ROOT, every


def test_every_fault_stands_once_in_the_code_and_names_a_test() -> None:
    wrong = []
    for room, fault in every(walls=True):
        code = (ROOT / "src" / "liangshi" / fault.file).read_text(encoding="utf-8")
        file, _, name = fault.test.partition("::")
        tests = Path(ROOT / file)
        there = tests.exists() and (
            not name or f"def {name.split('[')[0]}(" in tests.read_text(encoding="utf-8")
        )
        if code.count(fault.old) != 1 or fault.old == fault.new or not there:
            wrong.append(f"{room}: {fault.name}")
    assert wrong == []
