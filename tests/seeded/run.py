"""Every fault of this folder put into a copy of the code, one at a time: the test that it names has to fail.

Not part of the suite; by name: `python3 start.py test tests/seeded/run.py` (some of it: `-k grants`, `-k "signs twice"`),
with LIANGSHI_DATABASE on PostgreSQL also those in the wall.
The copy lies in the tests' own folder and is changed back after each; the tests run there in a process of their own, so
that a fault holds from the first import on. A fault whose test passes all the same is a hole in the tests.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
from collections import Counter
from compileall import compile_dir
from pathlib import Path
from py_compile import PycInvalidationMode

import pytest

import tests.seeded
from tests.seeded import Seeded

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "src",
    "tests",
    "bench",
    "docs",
    "pyproject.toml",
    "manage.py",
    ".importlinter",
    "start.py",
    "requirements.lock",
    "requirements-uv.lock",
    "requirements-node.lock",
)
TESTS_FAILED = 1  # pytest's exit code; 2 and more: it could not run at all


def every(*, walls: bool) -> list[tuple[str, Seeded]]:
    rooms = [each.name for each in pkgutil.iter_modules(tests.seeded.__path__) if each.name != "run"]
    return [
        (room, fault)
        for room in rooms
        for fault in importlib.import_module(f"tests.seeded.{room}").FAULTS
        if walls or not fault.wall
    ]


FAULTS = every(walls=os.environ.get("LIANGSHI_DATABASE", "").startswith("postgres"))


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("seeded")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, there / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, there / name)
    # Compiled once; a file that is changed does not fit its own any more.
    compile_dir(there / "src", quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    (there / "node_modules").symlink_to(ROOT / "node_modules")
    return there


def run(copy: Path, test: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(copy / "src"), str(copy)])
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist", test],
        cwd=copy, env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def test_each_is_named_once() -> None:
    twice = [name for name, number in Counter(fault.name for _, fault in FAULTS).items() if number > 1]
    assert twice == []


@pytest.mark.parametrize(
    ("room", "fault"), FAULTS, ids=lambda each: each if isinstance(each, str) else each.name
)
def test_it_is_found(copy: Path, room: str, fault: Seeded) -> None:
    file = copy / "src" / "liangshi" / fault.file
    sound = file.read_text(encoding="utf-8")
    assert sound.count(fault.old) == 1, f"{fault.file} has {sound.count(fault.old)} of it"
    file.write_text(sound.replace(fault.old, fault.new), encoding="utf-8")
    try:
        told = run(copy, fault.test)
    finally:
        file.write_text(sound, encoding="utf-8")
    assert told.returncode == TESTS_FAILED, told.stdout[-2000:] + told.stderr[-1000:]
    assert "error" not in told.stdout.splitlines()[-1], told.stdout[-2000:]
