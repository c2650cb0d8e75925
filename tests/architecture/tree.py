"""The repository as these tests see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "src" / "liangshi"
NOT_OURS = {".git", ".venv", ".python", "node_modules", "var", "build", "shots", "__pycache__"}
FEATURE_FLOORS = ("practice", "oversight", "portal")


def project_files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the project, without what is installed, built or made by running it."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.name.endswith((".egg-info", "_cache")) or path.name == ".hypothesis":
            continue
        if path.is_dir():
            yield from project_files(path)
        else:
            yield path


def rooms(*floors: str) -> list[Path]:
    """The packages directly under these floors."""
    return sorted(file.parent for floor in floors for file in (CODE / floor).glob("*/__init__.py"))
