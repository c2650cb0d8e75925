"""``liangshi bench pages``: what each role's main pages cost, against a bare view, in a small city and a large one.

Both cities have the same first school, row for row, and the pages are opened there by the same people: what a page
costs more in the large one, it costs because of other people's data. No targets yet; exit code 0 unless a page fails.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from liangshi.config import env
from liangshi.foundation.base.errors import DomainError

RECORDS, FULL = (6_000, 60_000), (6_000, 600_000)
PER_STUDENT = 8.6  # talks of three years for each student enrolled today
PER_SCHOOL = 350  # students
GROWN = 1.5  # work in the large city ÷ work in the small one, from which a page is named
BELOW = {"sqlite": 3_000, "postgresql": 60}  # steps or blocks more that nobody notices
WHOLE_CITY = frozenset({"city", "county"})  # whose own data the city is
Figures = dict[tuple[str, str], dict[str, Any]]


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="liangshi bench pages", description="各身份主要页面的开销和随数据的增长"
    )
    parser.add_argument(
        "--database", default="", help="数据库（默认在 build/ 下用 SQLite），PostgreSQL 会另建两个库"
    )
    parser.add_argument("--records", default="", help="两座城市的谈话条数，如 6000,60000")
    parser.add_argument("--full", action="store_true", help=f"大的一座有 {FULL[1]:,} 条谈话")
    parser.add_argument("--roles", default="", help="只量这些身份，如 mentor,clerk")
    parser.add_argument("--repeat", type=int, default=5, help="每页计时几次，取最少的一次")
    parser.add_argument("--json", default="", help="把全部数字写进这个文件")
    return parser.parse_args(words)


def _run(words: list[str], url: str) -> str:
    """Run a command of this source tree on a database; returns what it printed."""
    python = [str(env.ROOT), str(env.ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    home = env.ROOT / "build" / "bench"
    home.mkdir(parents=True, exist_ok=True)
    around = {**os.environ, "LIANGSHI_DATABASE": url, "LIANGSHI_HOME": str(home)}
    around["PYTHONPATH"] = os.pathsep.join(filter(None, python))
    done = subprocess.run(
        [sys.executable, *words], env=around, cwd=env.ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise DomainError("bench_failed", f"这一步没有做成：{' '.join(words)}（见上面的说明）。")
    return done.stdout


def _empty_database(url: str, records: int) -> str:
    """A fresh database for one city beside the one named: `NAME_pages_6000`. What such a name held is dropped."""
    if not url or urlsplit(url).scheme == "sqlite":
        file = Path(urlsplit(url).path) if url else env.ROOT / "build" / "bench" / "pages"
        file = file.with_name(f"{file.stem}_pages_{records}.sqlite3")
        file.parent.mkdir(parents=True, exist_ok=True)
        for ending in ("", "-wal", "-shm"):
            Path(f"{file}{ending}").unlink(missing_ok=True)
        return f"sqlite://{file}"
    import psycopg
    from psycopg import sql

    name = f"{urlsplit(url).path.lstrip('/')}_pages_{records}"
    with psycopg.connect(urlsplit(url)._replace(path="/postgres").geturl(), autocommit=True) as held:
        held.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        held.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _city(url: str, records: int) -> None:
    schools = max(1, round(records / PER_STUDENT / PER_SCHOOL))
    manage = str(env.ROOT / "manage.py")
    _run([manage, "migrate", "-v", "0"], url)
    said = _run([manage, "city", "--schools", str(schools), "--students", str(schools * PER_SCHOOL)], url)
    print(f"{records:,} 条谈话的城市：{schools} 所学校 · {said.splitlines()[-1].strip()}", flush=True)


def _figures(url: str, options: argparse.Namespace) -> Figures:
    roles = [options.roles] if options.roles else []
    rows = json.loads(_run(["-m", "bench._measure", str(options.repeat), *roles], url))
    return {(row["role"], row["page"]): row for row in rows}


def joined(small: Figures, large: Figures, vendor: str) -> list[dict[str, Any]]:
    """One row per page of both cities: the figures of the large one, and how the work grew."""
    rows = []
    for key, row in large.items():
        if key not in small:
            continue
        before, after = small[key]["work"], row["work"]
        growth = round(after / max(before, 1), 2)
        grows = growth >= GROWN and after - before >= BELOW[vendor]
        rows.append(
            {
                **row, "ratio": round(row["cpu"] / row["bare"], 1), "work_small": before, "growth": growth,
                "verdict": "" if not grows else "管辖" if row["role"] in WHOLE_CITY else "增长",
            }
        )  # fmt: skip
    return rows


def _print(rows: list[dict[str, Any]], unit: str) -> None:
    print(
        f"\n{'身份':<11}{'页面':<30}{'千字节':>6}{'毫秒':>8}{'裸页':>6}{'倍':>7}{'问':>5}{'重复':>5}{unit:>11}{'增长':>8}"
    )
    for row in rows:
        failed = "" if row["status"] == 200 else f"  ！{row['status']}"
        print(
            f"{row['role']:<13}{row['page']:<32}{row['size'] / 1024:>7.0f}{row['cpu']:>10.1f}{row['bare']:>8.1f}"
            f"{row['ratio']:>8.1f}{row['queries']:>6}{row['repeated']:>6}{row['work']:>12,}{row['growth']:>8.2f}"
            f"  {row['verdict']}{failed}"
        )


def _sum_up(rows: list[dict[str, Any]], unit: str) -> None:
    grown = [row for row in rows if row["verdict"] == "增长"]
    ratios, asked = [row["ratio"] for row in rows], [row["queries"] for row in rows]
    print(
        f"\n{len(rows)} 页：是裸页的 {statistics.median(ratios):.1f} 倍（中位数），最多 {max(ratios):.1f} 倍；"
        f"问 {statistics.median(asked):.0f} 次（中位数），最多 {max(asked)} 次；"
        f"有重复的 {sum(row['repeated'] > 0 for row in rows)} 页。"
    )
    print(f"随别人的数据增长（{unit}，大城 ÷ 小城 ≥ {GROWN}）的 {len(grown)} 页：")
    for row in sorted(grown, key=lambda each: -each["work"]):
        print(f"  {row['role']:<11}{row['page']:<32}{row['work_small']:>12,} → {row['work']:,}")


def main(words: list[str]) -> int:
    options = _arguments(words)
    sizes = (
        [int(each) for each in options.records.split(",")]
        if options.records
        else FULL
        if options.full
        else RECORDS
    )
    url = options.database or os.environ.get("LIANGSHI_DATABASE", "")
    vendor = "sqlite" if not url or urlsplit(url).scheme == "sqlite" else "postgresql"
    unit = "步" if vendor == "sqlite" else "块"
    measured = []
    for records in sizes:
        mine = _empty_database(url, records)
        _city(mine, records)
        measured.append(_figures(mine, options))
    rows = joined(measured[0], measured[-1], vendor)
    _print(rows, unit)
    _sum_up(rows, unit)
    if options.json:
        text = json.dumps(
            {"database": vendor, "records": list(sizes), "pages": rows}, ensure_ascii=False, indent=1
        )
        Path(options.json).write_text(text, encoding="utf-8")
    return 0 if all(row["status"] == 200 for row in rows) else 1
