"""The locks are in step with what is declared, and name no host."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
import start
from packaging.requirements import Requirement

from tests.architecture.tree import ROOT, project_files

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKED = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", LOCK, flags=re.MULTILINE))
DECLARED = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["dev"]
# Written in two halves, or this file would name what it forbids.
HOSTS = [
    "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmmirror" + ".com", "yarnpkg" + ".com",
    "tuna.tsinghua" + ".edu.cn", "mirrors" + ".aliyun.com",
]  # fmt: skip


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("line", DECLARED)
def test_every_declared_dependency_is_locked(line):
    wanted = Requirement(line)
    assert wanted.specifier.contains(LOCKED[normal(wanted.name)])


def test_the_launcher_the_project_and_the_documents_name_the_same_pythons():
    (low, high), last = start.PYTHONS, f"{start.PYTHONS[1][0]}.{start.PYTHONS[1][1] - 1}"
    first = "{}.{}".format(*low)
    assert PROJECT["project"]["requires-python"] == ">={},<{}.{}".format(first, *high)
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + first.replace(".", "")
    assert PROJECT["tool"]["mypy"]["python_version"] == first
    assert f"--python-version {first}" in (ROOT / "start.py").read_text(encoding="utf-8")
    for name, words in {
        "README.md": f"Python {first} 到 {last}",
        "README.en.md": f"Python {first} to {last}",
        "docs/operating.md": f"Python {first} 到 {last}",
        "start.py": f"Python {first} 到 {last}",
    }.items():
        assert words in (ROOT / name).read_text(encoding="utf-8"), name


def blocks(lock):
    """The part of each package, in the text of a lock."""
    return re.split(r"^(?=[a-z0-9._-]+==)", lock, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("lock", [start.LOCK, start.UV_LOCK, start.NODE_LOCK], ids=lambda path: path.name)
def test_every_locked_package_has_hashes(lock):
    text = lock.read_text(encoding="utf-8")
    assert len(blocks(text)) == len(re.findall("==[0-9]", text)) > 0
    assert all("--hash=sha256:" in block for block in blocks(text))
    assert "://" not in text
    assert " @ " not in text


@pytest.mark.parametrize(("group", "lock"), [("uv", start.UV_LOCK), ("node", start.NODE_LOCK)])
def test_the_installers_are_locked_as_declared(group, lock):
    text = lock.read_text(encoding="utf-8")
    assert [block.split()[0] for block in blocks(text)] == PROJECT["dependency-groups"][group]


def test_every_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for line in DECLARED:
        assert re.search(rf'^    "{re.escape(line)}",\s+# \S', text, flags=re.MULTILINE), line


def test_the_front_end_lock_is_in_step():
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
    for name, version in package["dependencies"].items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    parts = [part for place, part in lock["packages"].items() if place]
    assert all("integrity" in part and "resolved" not in part for part in parts)


def test_no_file_names_a_registry():
    for file in project_files():
        text = file.read_bytes()
        for host in HOSTS:
            assert host.encode() not in text, f"{file.relative_to(ROOT)} names {host}"
