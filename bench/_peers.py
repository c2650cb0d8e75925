"""Programs to compare with, installed for the measurement alone, into `build/`: the product never sees them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "bench" / "peers.lock"
FOLDER = ROOT / "build" / "peers"


def install() -> None:
    """Install the hashed `peers.lock` once and put it last on the path, so that it shadows nothing of ours."""
    stamp, want = FOLDER / "stamp", hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != want:
        print("正在安装对照程序……", file=sys.stderr)
        words = ["-m", "pip", "install", "-qq", "--no-deps", "--require-hashes", "--upgrade"]
        subprocess.run([sys.executable, *words, "--target", str(FOLDER), "-r", str(LOCK)], check=True)
        stamp.write_text(want)
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
