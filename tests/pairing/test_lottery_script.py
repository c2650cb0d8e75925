"""The script that anybody can run without this project gives the engine's lottery."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from liangshi.pairing import lottery

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "lottery.py"


def test_it_agrees_with_the_engine(tmp_path):
    keys = [*(f"2024{i:04d}" for i in range(200)), "甲"]
    draw, commitment = lottery.draw_text([[9319], [2, 5, 12, 8, 10]]), "0f" * 32
    listed = tmp_path / "学号.txt"
    listed.write_text("\ufeff" + "\r\n".join(reversed(keys)) + "\n\n", encoding="utf-8")
    command = [sys.executable, "-I", str(SCRIPT), commitment, draw, str(listed)]
    out = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path).stdout.decode("utf-8")
    seed = lottery.seed(commitment, draw)
    numbers = lottery.numbers(seed, keys)
    order = sorted(zip(numbers, keys, strict=True))
    assert out.splitlines() == [
        f"种子 {seed}",
        *(f"{place} {key} {number.hex()}" for place, (number, key) in enumerate(order, 1)),
    ]


def test_it_is_short_and_needs_nothing():
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 30
    tree = ast.parse(text)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= set(sys.stdlib_module_names)
