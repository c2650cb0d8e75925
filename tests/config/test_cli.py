"""The command `liangshi`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management import BaseCommand

from liangshi.config import cli
from liangshi.foundation.base import guard
from liangshi.foundation.base.errors import DomainError
from tests.conftest import ROOT


def python(code, *words):
    """Run code in a fresh interpreter that finds the project, installed or not."""
    command = [sys.executable, "-c", code, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


def liangshi(*words):
    return python("import sys; from liangshi.config.cli import main; sys.exit(main())", *words)


def test_help_lists_every_own_verb(capsys):
    assert cli.main([]) == 0
    text = capsys.readouterr().out
    assert all(verb in text for verb in cli.VERBS if not verb.startswith("-") and verb != "help")


@pytest.mark.parametrize("words", [["import-roster", "absent.xlsx", "--dry-run"]])
def test_work_on_files_goes_without_the_framework(words):
    answer = python(
        "import sys; from liangshi.config.cli import main; code = main(sys.argv[1:])\n"
        "assert 'django' not in sys.modules; sys.exit(code)",
        *words,
    )
    assert answer.returncode == 1
    assert "absent.xlsx" in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_command_loads_no_framework_by_itself():
    answer = python(
        "import sys, liangshi.config.cli; print([m for m in sys.modules if m.startswith('django')])"
    )
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("words", [["a.csv", "--dry-run", "--school=X"], ["a.csv", "--school", "X"]])
def test_an_import_for_a_school_goes_to_the_database(words, monkeypatch):
    asked = []
    monkeypatch.setattr(cli, "django", lambda name, arguments: asked.append((name, arguments)) or 0)
    assert cli.main(["import-roster", *words]) == 0
    assert asked == [("import_roster", words)]


@pytest.mark.parametrize("verb", ["verify", "heads"])
def test_audit_knows_two_things_to_do(verb, monkeypatch):
    asked = []
    monkeypatch.setattr(cli, "django", lambda name, arguments: asked.append((name, arguments)) or 0)
    assert cli.main(["audit", verb, "--append", "x"]) == 0
    assert asked == [(f"audit_{verb}", ["--append", "x"])]


@pytest.mark.parametrize("words", [["erase"], []])
def test_whatever_else_one_wants_of_the_log_is_refused(words, capsys):
    assert cli.main(["audit", *words]) == 1
    said = capsys.readouterr().err
    assert "liangshi audit verify" in said
    assert "liangshi audit heads" in said


def test_an_unknown_verb_gets_a_sentence():
    answer = liangshi("demo-ctiy")
    assert answer.returncode == 1
    assert "没有「demo-ctiy」这个命令" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_refused_command_is_a_sentence_and_no_traceback():
    answer = liangshi("migrate", "no_such_app")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr


def test_an_unknown_measurement_lists_the_known(monkeypatch, tmp_path, capsys):
    (tmp_path / "bench").mkdir()
    monkeypatch.setattr(cli.env, "ROOT", tmp_path)
    assert cli.main(["bench", "pairing"]) == 1
    assert "源代码目录" in capsys.readouterr().err
    (tmp_path / "bench" / "pairing.py").write_text("def main(argv): return len(argv)")
    assert cli.main(["bench", "nothing"]) == 1
    assert "pairing" in capsys.readouterr().err


def test_a_refusal_of_the_domain_is_said_once(monkeypatch, capsys):
    def refuse(_arguments):
        raise DomainError("ratio_exceeded", "这位导师已有 15 名学生。")

    monkeypatch.setitem(cli.VERBS, "pair", refuse)
    assert cli.main(["pair"]) == 1
    assert capsys.readouterr().err == "这位导师已有 15 名学生。\n"


def test_a_command_reads_for_the_program(monkeypatch):
    """No reader waits for it; once it is over, rows about people are closed again."""
    monkeypatch.setattr(guard, "outside", guard.CLOSED)
    reasons: list[str] = []

    class Look(BaseCommand):
        requires_system_checks = ()

        def handle(self, *args: object, **options: object) -> None:
            reasons.append(guard.reason())

    monkeypatch.setattr("django.core.management.get_commands", lambda: {"look": Look()})
    assert cli.main(["look"]) == 0
    assert (reasons, guard.reason()) == (["command look"], guard.CLOSED)
