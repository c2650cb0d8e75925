"""The data lie in a folder that no other user of the machine may enter, in files that none may read.

What is looser is closed where it is ours, at every start; where it is somebody else's the start is refused, with what
to type. A file system that knows no such rights (a mounted share) is said once, and nothing stops.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
MASK = 0o077
BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite keeps beside its file


class NotPrivate(Exception):
    """What has to be closed first; `str` says so, and what to type."""


def mask() -> None:
    """From here on what this process makes is its user's alone."""
    os.umask(MASK)


def of_sqlite(database: Path) -> Iterator[Path]:
    return (database.with_name(database.name + ending) for ending in BESIDE)


def close(folder: Path, files: Iterable[Path]) -> None:
    """0700 for the folder, 0600 for those of the files that exist. Raises NotPrivate."""
    if os.name != "posix":
        return
    kept = [path for path, mode in [(folder, 0o700), *((each, 0o600) for each in files)] if _open(path, mode)]
    if kept:
        sys.stderr.write(f"注意：{folder} 所在的磁盘不支持文件权限，同一台机器上的别的用户可能读到数据。\n")


def _open(path: Path, mode: int) -> bool:
    """Close `path`; True where the file system would not have it."""
    try:
        if not path.stat().st_mode & OTHERS:
            return False
        path.chmod(mode)
        return bool(path.stat().st_mode & OTHERS)
    except FileNotFoundError:
        return False
    except PermissionError:
        raise NotPrivate(
            f"这台机器上的别的用户也能打开 {path}。请用它的主人或管理员运行：chmod {mode:o} {path}"
        ) from None
    except OSError:  # no such thing there
        return True
