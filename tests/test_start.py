"""The front door: what it says when something is missing, and that it does nothing twice."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import start

REAL_POPEN = subprocess.Popen


@pytest.fixture
def no_commands(monkeypatch):
    """The commands that would have run; none does."""
    ran = []
    monkeypatch.setattr(start, "run", lambda *words, **_: ran.append([str(word) for word in words]))
    return ran


@pytest.fixture
def old_python(monkeypatch, tmp_path):
    """Started with Python 3.9 where nothing else is installed; gives what the program became."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "argv", ["start.py", "demo"])
    monkeypatch.setattr(start.shutil, "which", lambda name: None)
    monkeypatch.setattr(start, "FETCHED", tmp_path / ".python")
    went = []
    monkeypatch.setattr(start, "become", lambda *words: went.append([str(word) for word in words]) or 0)
    return went


@pytest.fixture
def everything_fits(monkeypatch):
    monkeypatch.setattr(start, "fits", lambda python: True)


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_every_current_python_goes_on(monkeypatch, minor, old_python):
    monkeypatch.setattr(sys, "version_info", (3, minor, 0))
    start.right_python()
    assert old_python == []


def test_another_python_hands_over_to_the_newest_that_fits(monkeypatch, old_python):
    monkeypatch.setattr(sys, "version_info", (3, 15, 0))
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(start, "fits", lambda python: python != "/bin/python3.14")
    with pytest.raises(SystemExit):
        start.right_python()
    assert old_python == [["/bin/python3.13", str(start.ROOT / "start.py"), "demo"]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'exec "{sys.executable}" "$@"', True),
        ("echo 'command not found' >&2; exit 127", False),
        (f'exec "{sys.executable}" -c "raise ImportError"', False),
    ],
    ids=["sound", "a shim without its Python", "no venv"],
)
def test_a_python_is_tried_before_it_takes_over(tmp_path, body, expected):
    python = tmp_path / "python3.13"
    python.write_text(f"#!/bin/sh\n{body}\n")
    python.chmod(0o755)
    assert start.fits(python) is expected


@pytest.mark.parametrize("versions", [((3, 7), (3, 8)), ((3, 90), (3, 91))])
def test_a_python_of_another_version_does_not_fit(monkeypatch, versions):
    monkeypatch.setattr(start, "PYTHONS", versions)
    assert not start.fits(sys.executable)


def test_uv_fetches_a_python_into_this_folder_where_none_fits(monkeypatch, old_python, everything_fits):
    ran, settings = [], {}
    python = start.FETCHED / "cpython-3.14.1-linux-x86_64-gnu" / "bin" / "python3"

    def run(*words, env=None):
        ran.append([str(word) for word in words])
        if "install" in ran[-1] and env:
            settings.update(env)
            python.parent.mkdir(parents=True)
            python.touch()

    monkeypatch.setattr(start, "run", run)
    monkeypatch.delenv("UV_PYTHON_DOWNLOADS", raising=False)
    with pytest.raises(SystemExit):
        start.right_python()
    uv = start.FETCHED / "uv" / start.BIN.name
    assert ran == [
        [sys.executable, "-m", "venv", "--clear", str(start.FETCHED / "uv")],
        [str(uv / "python"), "-m", "pip", "install", "-qq", "--require-hashes", "-r", str(start.UV_LOCK)],
        [str(uv / "uv"), "python", "install", "-q", "3.14"],
    ]
    assert settings["UV_PYTHON_INSTALL_DIR"] == str(start.ROOT / ".python")
    assert settings["UV_PYTHON_INSTALL_BIN"] == "0", "nothing outside this folder is changed"
    assert "UV_PYTHON_DOWNLOADS" not in settings
    assert old_python == [[str(python), str(start.ROOT / "start.py"), "demo"]]
    ran.clear()
    with pytest.raises(SystemExit):
        start.right_python()
    assert ran == [], "the second start takes what the first has fetched"
    assert len(old_python) == 2


@pytest.mark.parametrize("error", [subprocess.CalledProcessError(2, ["uv"]), OSError("no such file")])
def test_where_nothing_can_be_fetched_a_sentence_says_what_is_needed(monkeypatch, old_python, error):
    def run(*_words, **_options):
        raise error

    monkeypatch.setattr(start, "run", run)
    with pytest.raises(start.Problem, match=r"Python 3\.11 到 3\.14，这里是 3\.9.*请安装其中一个") as problem:
        start.right_python()
    assert "needs Python 3.11 to 3.14" in str(problem.value)
    assert old_python == []


def test_a_machine_without_venv_gets_the_line_to_run(monkeypatch, no_commands):
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(start.Problem, match=rf"apt-get install -y python3\.{sys.version_info[1]}-venv"):
        start.make_venv(start.VENV)
    assert no_commands == []


@pytest.fixture
def folder(monkeypatch, tmp_path, no_commands):
    """An empty environment of its own; making the venv makes the interpreter's file."""
    python = tmp_path / "venv" / "python"
    monkeypatch.setattr(start, "VENV", python.parent)
    monkeypatch.setattr(start, "PYTHON", python)
    monkeypatch.setattr(start, "NODE_MODULES", tmp_path / "node_modules")
    (tmp_path / "node_modules").mkdir()

    def make_venv(place):
        python.parent.mkdir(exist_ok=True)
        python.touch()

    monkeypatch.setattr(start, "make_venv", make_venv)
    return tmp_path


def test_a_second_start_installs_nothing(folder, no_commands):
    start.set_up()
    assert any("--require-hashes" in words for words in no_commands)
    assert any(words[-1] != "uv" and "ci" in words for words in no_commands)
    no_commands.clear()
    start.set_up()
    assert no_commands == []


def test_a_changed_lock_installs_again(folder, no_commands, monkeypatch):
    start.set_up()
    no_commands.clear()
    other = folder / "requirements.lock"
    other.write_text("changed")
    monkeypatch.setattr(start, "LOCK", other)
    start.set_up()
    assert any("--require-hashes" in words for words in no_commands)


def test_pip_installs_where_uv_fails(folder, monkeypatch):
    ran = []

    def run(*words, **_):
        ran.append([str(word) for word in words])
        if ran[-1][0].endswith("uv"):
            raise subprocess.CalledProcessError(1, ran[-1])

    monkeypatch.setattr(start, "run", run)
    start.install_python_parts()
    assert any(words[2:4] == ["pip", "install"] and "--require-hashes" in words for words in ran)


def test_what_is_installed_is_installed_by_hash(folder, no_commands, monkeypatch):
    """The installers, too; this project alone is what lies here."""
    monkeypatch.setattr(start.shutil, "which", lambda name: None)
    monkeypatch.setattr(start, "FETCHED", folder / ".python")
    start.set_up()
    with pytest.raises(start.Problem):
        start.fetched_python()
    by_pip = [words[words.index("install") :] for words in no_commands if "pip" in words]
    assert len(by_pip) == 5
    assert [words[-2:] for words in by_pip if "--require-hashes" not in words] == [
        ["--editable", str(start.ROOT)]
    ]
    assert all("--no-deps" in words for words in by_pip if "--editable" in words)
    assert any("--ignore-scripts" in words for words in no_commands if "ci" in words)


def test_a_failed_install_says_so_and_leaves_no_stamp(folder, monkeypatch):
    def run(*words, **_):
        raise subprocess.CalledProcessError(7, [str(word) for word in words])

    monkeypatch.setattr(start, "run", run)
    with pytest.raises(start.Problem, match=r"安装没有完成.*退出码 7"):
        start.set_up()
    assert not (folder / "venv" / "stamp").exists()


def test_a_machine_without_node_uses_the_packaged_one(folder, no_commands, monkeypatch):
    monkeypatch.setattr(start.shutil, "which", lambda name: None)
    start.install_front_end()
    assert no_commands[0][-3:] == ["--require-hashes", "-r", str(start.NODE_LOCK)]
    assert no_commands[1][0] == str(start.PYTHON)
    assert "ci" in no_commands[1]


def test_a_wrong_chromium_is_named(monkeypatch):
    monkeypatch.setenv("LIANGSHI_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(start.Problem, match="/nowhere/chromium"):
        start.find_chromium()


def test_no_browser_is_never_a_silent_skip(monkeypatch, no_commands):
    monkeypatch.setattr(start, "find_chromium", lambda: None)
    with pytest.raises(start.Problem, match="不能跳过"):
        start.chromium()
    assert no_commands, "an installation was tried first"


def test_the_port_can_be_chosen():
    assert start.port_of([]) == 8000
    assert start.port_of(["--port", "8123"]) == start.port_of(["--port=8123"]) == 8123
    for wrong in (["--port"], ["--port", "80"], ["--port", "90000"], ["--port", "８０００"], ["8123"]):
        with pytest.raises(start.Problem, match="用法"):
            start.port_of(wrong)


def test_a_taken_port_is_a_sentence(no_commands):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(start.Problem, match=rf"端口 {port} 已被别的程序占用.*--port {port + 1}"):
            start.demo(["--port", str(port)])
    assert no_commands == []


def test_a_child_that_dies_is_named_and_the_other_ended():
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    dead = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    dead.wait()
    children = {"后台任务": sleeper, "网站": dead}
    with pytest.raises(start.Problem, match="网站停了（退出码 3）"):
        start.demand_alive(children)
    start.end(children)
    assert sleeper.poll() is not None


def test_a_signal_ends_the_demo_and_its_children(monkeypatch, no_commands):
    """As `kill` or a closed terminal does it: both children are ended by id, and the data stay."""
    children = []

    def popen(*_words, **_options):
        children.append(REAL_POPEN([sys.executable, "-c", "import time; time.sleep(60)"]))
        return children[-1]

    monkeypatch.setattr(start.subprocess, "Popen", popen)
    monkeypatch.setattr(start, "answers", lambda port: bool(children))
    clock = SimpleNamespace(
        monotonic=time.monotonic, sleep=lambda _seconds: signal.raise_signal(signal.SIGTERM)
    )
    monkeypatch.setattr(start, "time", clock)
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGHUP)
    try:
        assert start.demo([]) == 0
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGHUP, before[1])
    assert len(children) == 2
    assert all(child.poll() is not None for child in children)
    assert [words[1] for words in no_commands] == ["migrate", "demo-city", "demo-city"]
