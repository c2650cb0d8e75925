"""The front door: what it says when something is missing, and that it does nothing twice."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
import start


@pytest.fixture
def no_commands(monkeypatch):
    """The commands that would have run; none does."""
    ran = []
    monkeypatch.setattr(start, "run", lambda *words, **_: ran.append([str(word) for word in words]))
    return ran


def test_another_python_is_told_what_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(start.shutil, "which", lambda name: None)
    with pytest.raises(start.Problem, match=r"Python 3\.11 或 3\.12，这里是 3\.9") as problem:
        start.right_python()
    assert "needs Python 3.11" in str(problem.value)


def test_another_python_hands_over_to_the_right_one(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(sys, "argv", ["start.py", "demo"])
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/bin/{name}" if name == "python3.12" else None)
    went = []
    monkeypatch.setattr(start.os, "execv", lambda *words: went.append(words) or sys.exit(0))
    with pytest.raises(SystemExit):
        start.right_python()
    assert went == [("/bin/python3.12", ["/bin/python3.12", str(start.ROOT / "start.py"), "demo"])]


def test_a_machine_without_venv_gets_the_line_to_run(monkeypatch, no_commands):
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(start.Problem, match=r"apt-get install -y python3\.1\d-venv"):
        start.make_venv()
    assert no_commands == []


@pytest.fixture
def folder(monkeypatch, tmp_path, no_commands):
    """An empty environment of its own; making the venv makes the interpreter's file."""
    python = tmp_path / "venv" / "python"
    monkeypatch.setattr(start, "VENV", python.parent)
    monkeypatch.setattr(start, "PYTHON", python)
    monkeypatch.setattr(start, "NODE_MODULES", tmp_path / "node_modules")
    (tmp_path / "node_modules").mkdir()

    def make_venv():
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
    assert no_commands[0][-1] == start.NODE
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
