"""What all tests share."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("LIANGSHI_SHARED", ROOT.parent / "shared"))

pytest_plugins = ["tests.cast"]
