"""Where the shared test inputs lie, and what to say when they are not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("LIANGSHI_SHARED", Path(__file__).resolve().parents[3] / "shared"))

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"the shared test inputs are not at {SHARED}; set LIANGSHI_SHARED"
)
