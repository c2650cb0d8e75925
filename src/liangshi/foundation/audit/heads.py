"""Heads of chains to be kept where the database cannot reach them: one line of JSON for each chain.

    {"chain": …, "length": …, "head": …, "at": …, "key": …, "signature": …}

The key is public; with it anybody checks that this installation has said so. A log that was cut off, or rewritten with
all its hashes, does not agree with a head that was kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from liangshi.foundation.audit.models import Chain
from liangshi.foundation.audit.signing import public_key, sign, signed
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError

Kept = dict[str, dict[int, set[str]]]  # chain → length → heads
FIELDS = {"chain": str, "length": int, "head": str, "at": str, "key": str, "signature": str}


def present() -> list[str]:
    """A signed line for each chain, as it stands now."""
    at, key = now().isoformat(), public_key()
    return [
        json.dumps(
            {
                "chain": row.key, "length": row.length, "head": row.head, "at": at, "key": key,
                "signature": sign("kept", row.key, row.length, row.head, at, key),
            }
        )
        for row in Chain.objects.order_by("key")
    ]  # fmt: skip


def append(file: Path, lines: Collection[str]) -> None:
    """Add lines to a file that grows and is never written anew. Raises DomainError `unwritable`."""
    if not lines:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with file.open("ab", buffering=0) as out:  # in one piece, whoever else is writing
            out.write("".join(f"{line}\n" for line in lines).encode())
    except OSError as problem:
        raise DomainError("unwritable", f"{file} 写不进去：{problem.strerror}。") from problem


def read(places: Iterable[Path], keys: Collection[str]) -> tuple[Kept, list[str]]:
    """What was kept in these files (or in all files of a folder), and a sentence for each line that is not taken:
    unreadable, or signed by none of these keys."""
    kept: Kept = {}
    problems = []
    for file in _files(places):
        for number, line in enumerate(_lines_of(file), 1):
            if not line.strip():
                continue
            try:
                chain, length, head = _said(line, keys)
            except ValueError as problem:
                problems.append(f"{file} 第 {number} 行{problem}。")
            else:
                kept.setdefault(chain, {}).setdefault(length, set()).add(head)
    return kept, problems


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        found = sorted(each for each in place.iterdir() if each.is_file()) if place.is_dir() else [place]
        if not found:
            raise DomainError("no_heads", f"文件夹 {place} 里没有留存的链头。")
        yield from found


def _lines_of(file: Path) -> list[str]:
    try:
        lines = file.read_bytes().decode(errors="replace").splitlines()
    except OSError as problem:
        raise DomainError("no_heads", f"{file} 读不出来：{problem.strerror}。") from problem
    if not lines:
        raise DomainError("no_heads", f"{file} 是空的，没有留存的链头。")
    return lines


def _said(line: str, keys: Collection[str]) -> tuple[str, int, str]:
    """Chain, length and head of one line. Raises ValueError with what is wrong with it."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    whole = isinstance(said, dict) and said.keys() == FIELDS.keys()
    if not whole or not all(type(said[name]) is kind for name, kind in FIELDS.items()):
        raise ValueError("读不懂，应当是 liangshi audit heads 印出的一行")
    chain, length, head, at, key, signature = (said[name] for name in FIELDS)
    if key not in keys:
        raise ValueError("不是用这里的密钥签的（换过密钥的，用 --key 写上从前的公钥）")
    if not signed([key], signature, "kept", chain, length, head, at, key):
        raise ValueError("签名不对，这一行被改动过")
    return chain, length, head
