"""Worked examples that nobody here wrote; tests/data/README.md says whose they are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parents[1] / "data" / "cases"


def cases(kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CASES / "cases.json").read_text(encoding="utf-8"))[kind]
    return found


def glasgow(year: str) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    """The case of that year, and for each student the alternatives that he lists, best first."""
    (case,) = [case for case in cases("glasgow") if case["year"] == year]
    votes = (CASES / f"{case['file']}.soi").read_text(encoding="utf-8").splitlines()
    lists = [line.split(":")[1].strip() for line in votes if line and not line.startswith("#")]
    return case, [tuple(re.split("[, ]+", listed)) for listed in lists]
