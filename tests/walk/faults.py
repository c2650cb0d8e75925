"""Faults for the walk to find: what is put into the running code, made from the code itself.

Four families: a scope's filter gone (every entry of SCOPES), one condition of a rule gone (every `&`, every argument of
a filter, every `and` in the functions that decide who sees what), one `seen_by(…)` gone, and one reading gone: a view
that does not say whom its answer names, or a part of a page that does not. `NAMED` holds those that have a history.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

from django.apps import apps
from django.db.models import Q

from liangshi.foundation.base.rooms import Room
from liangshi.registry.access.policy import SCOPES

ALL = Q(pk__isnull=False)
EVERYTHING = "__import__('django.db.models').db.models.Q(pk__isnull=False)"


@dataclass(frozen=True, slots=True)
class Fault:
    """`target` is a key of SCOPES, or the dotted name of a function; `code` what the function becomes."""

    name: str
    target: Any
    code: CodeType | None = None


def function(dotted: str) -> FunctionType:
    module, _, name = dotted.rpartition(".")
    found = inspect.unwrap(getattr(importlib.import_module(module), name))
    if not isinstance(found, FunctionType):
        raise TypeError(dotted)
    return found


@contextmanager
def present(fault: Fault) -> Iterator[None]:
    """While the fault is in the code. Functions are changed where they are, so that every importer has it."""
    if fault.code is None:
        plain, SCOPES[fault.target] = SCOPES[fault.target], lambda actor: ALL
        try:
            yield
        finally:
            SCOPES[fault.target] = plain
        return
    changed = function(fault.target)
    held, changed.__code__ = changed.__code__, fault.code
    try:
        yield
    finally:
        changed.__code__ = held


# Noticing which visits come past a target.


@contextmanager
def watched(targets: list[Any], hit: Callable[[Any], None]) -> Iterator[None]:
    """While each target tells `hit` of every call."""
    undo: list[Callable[[], None]] = []
    for target in targets:
        undo.append(_watch(target, hit))
    try:
        yield
    finally:
        for each in undo:
            each()


def _watch(target: Any, hit: Callable[[Any], None]) -> Callable[[], None]:
    if not isinstance(target, str):
        plain = SCOPES[target]

        def told(actor: Any) -> Q:
            hit(target)
            return plain(actor)

        SCOPES[target] = told
        return lambda: SCOPES.__setitem__(target, plain)
    watched_one = function(target)
    code, place = watched_one.__code__, f"__watched_{watched_one.__name__}"
    same = FunctionType(code, watched_one.__globals__, watched_one.__name__, watched_one.__defaults__)
    same.__kwdefaults__ = watched_one.__kwdefaults__

    def passed(*args: Any, **kwargs: Any) -> Any:
        hit(target)
        return same(*args, **kwargs)

    watched_one.__globals__[place] = passed
    watched_one.__code__ = _compiled(f"def {watched_one.__name__}(*args, **kwargs):\n    return {place}(*args, **kwargs)",
                                     watched_one)  # fmt: skip

    def undo() -> None:
        watched_one.__code__ = code
        del watched_one.__globals__[place]

    return undo


def _compiled(source: str, like: FunctionType) -> CodeType:
    made: dict[str, Any] = {}
    exec(compile(source, f"<fault in {like.__name__}>", "exec"), like.__globals__, made)
    code: CodeType = made[like.__name__].__code__
    return code


# Making them.


def _tree(target: FunctionType) -> ast.FunctionDef:
    found = ast.parse(textwrap.dedent(inspect.getsource(target))).body[0]
    assert isinstance(found, ast.FunctionDef)
    found.decorator_list = []
    return found


def edited(dotted: str, old: str, new: str) -> CodeType:
    """The function with one place of its text changed."""
    target = function(dotted)
    source = ast.unparse(_tree(target))
    if source.count(old) != 1:
        raise LookupError(f"{dotted}: {source.count(old)} × {old!r} in\n{source}")
    return _compiled(source.replace(old, new), target)


def _sites(tree: ast.AST) -> Iterator[tuple[str, ast.AST, Callable[[ast.AST], ast.AST]]]:
    """(what goes, the node, what the node becomes): every single condition that could be forgotten."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
            yield ast.unparse(node.right), node, lambda each: each.left  # type: ignore[attr-defined]
            yield ast.unparse(node.left), node, lambda each: each.right  # type: ignore[attr-defined]
        elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            for place in range(len(node.values)):
                yield ast.unparse(node.values[place]), node, _without_value(place)
        elif isinstance(node, ast.Call):
            yield from _in_call(node)


def _in_call(node: ast.Call) -> Iterator[tuple[str, ast.AST, Callable[[ast.AST], ast.AST]]]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called == "rows":
        yield ast.unparse(node), node, lambda _: ast.parse(EVERYTHING, mode="eval").body
    if called == "seen_by" and isinstance(node.func, ast.Attribute):
        yield f"seen_by({ast.unparse(node.args[-1])})", node, _as_system
    if called not in {"filter", "exclude", "Q"} or len(node.args) + len(node.keywords) < 2:
        return
    for place, argument in enumerate(node.args):
        if not isinstance(argument, ast.Starred) and ".rows(" not in ast.unparse(argument):
            yield ast.unparse(argument), node, _without_argument("args", place)
    for place, keyword in enumerate(node.keywords):
        yield f"{keyword.arg}={ast.unparse(keyword.value)}", node, _without_argument("keywords", place)


def _as_system(node: Any) -> ast.AST:
    return ast.Call(ast.Attribute(node.func.value, "as_system", ast.Load()), [ast.Constant("a fault")], [])


def _without_value(place: int) -> Callable[[Any], ast.AST]:
    def change(node: Any) -> ast.AST:
        del node.values[place]
        return node if len(node.values) > 1 else node.values[0]

    return change


def _without_argument(kind: str, place: int) -> Callable[[Any], ast.AST]:
    def change(node: Any) -> ast.AST:
        del getattr(node, kind)[place]
        return node  # type: ignore[no-any-return]

    return change


class _Change(ast.NodeTransformer):
    def __init__(self, number: int, change: Callable[[ast.AST], ast.AST]) -> None:
        self.number, self.change = number, change

    def visit(self, node: ast.AST) -> ast.AST:
        if getattr(node, "number", None) == self.number:
            return self.change(node)
        return self.generic_visit(node)


def conditions(dotted: str) -> Iterator[Fault]:
    """One fault for each condition in a function; for one that answers yes or no, also the answer yes."""
    target = function(dotted)
    tree = _tree(target)
    for number, node in enumerate(ast.walk(tree)):
        node.number = number  # type: ignore[attr-defined]
    short = ".".join(dotted.split(".")[1:])
    told: Counter[str] = Counter()
    for words, node, change in _sites(tree):
        told[words] += 1
        which = f" ({told[words]})" if told[words] > 1 else ""
        changed = copy.deepcopy(tree)
        _Change(node.number, change).visit(changed)  # type: ignore[attr-defined]
        yield Fault(
            f"{short}: without {words[:70]}{which}",
            dotted,
            _compiled(ast.unparse(ast.fix_missing_locations(changed)), target),
        )
    if isinstance(tree.returns, ast.Name) and tree.returns.id == "bool":
        tree.body = [ast.Return(ast.Constant(True))]
        yield Fault(
            f"{short}: always", dotted, _compiled(ast.unparse(ast.fix_missing_locations(tree)), target)
        )


def functions_of(module: ModuleType) -> Iterator[str]:
    for name, each in vars(module).items():
        if (
            isinstance(each, FunctionType)
            and each.__module__ == module.__name__
            and not hasattr(each, "__wrapped__")
        ):
            yield f"{module.__name__}.{name}"


def modules(names: tuple[str, ...]) -> Iterator[ModuleType]:
    """The modules of the rooms that are called so, or lie in a package that is."""
    for room in apps.get_app_configs():
        if isinstance(room, Room):
            for info in pkgutil.walk_packages(room.module.__path__, f"{room.name}."):
                if set(info.name.removeprefix(room.name).split(".")) & set(names):
                    yield importlib.import_module(info.name)


def scopes() -> list[Fault]:
    return [
        Fault(f"{reach.value} of {resource}: every row of every school", (resource, reach))
        for resource, reach in SCOPES
    ]


def rules() -> list[Fault]:
    """Of every rule: the functions in the rooms' `rules.py`, the kit they are made with, and any `may_…` of a query."""
    found: list[Fault] = []
    for module in modules(("rules", "reach", "queries")):
        decides = module.__name__.rpartition(".")[2] in {"rules", "reach"}
        for dotted in functions_of(module):
            if decides or (dotted.rpartition(".")[2].startswith("may_") and _asks_of_an_actor(dotted)):
                found += conditions(dotted)
    return found


def _asks_of_an_actor(dotted: str) -> bool:
    return next(iter(inspect.signature(function(dotted)).parameters), "") == "actor"


ASKED = re.compile(r"without (seen_by\(\w+\)|\w+\.rows\(actor\))( \(\d+\))?$")


def uses() -> list[Fault]:
    """Of every query that hands out rows: its rule gone."""
    found: list[Fault] = []
    for module in modules(("queries",)):
        for dotted in functions_of(module):
            found += [each for each in conditions(dotted) if ASKED.search(each.name)]
    return found


SAYS = {"reading", "names"}  # of a view, and of a card on a home page


def _says(node: ast.AST) -> bool:
    """A line that says whom an answer names."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    called = node.value.func
    return getattr(called, "attr", getattr(called, "id", "")) in SAYS


def readings() -> list[Fault]:
    """Of every view and every face: the line gone that says whom the answer names."""
    found: list[Fault] = []
    for module in modules(("views", "face")):
        for name, each in vars(module).items():
            if isinstance(each, FunctionType) and each.__module__ == module.__name__:
                found += _unsaid(f"{module.__name__}.{name}")
    return found


def _unsaid(dotted: str) -> Iterator[Fault]:
    target = function(dotted)
    tree = _tree(target)
    lines = [node for node in ast.walk(tree) if _says(node)]
    for number, node in enumerate(lines):
        node.number = 0  # type: ignore[attr-defined]
        changed = ast.fix_missing_locations(_Change(0, lambda _: ast.Pass()).visit(copy.deepcopy(tree)))
        del node.number  # type: ignore[attr-defined]
        which = f" ({number + 1})" if number else ""
        words = f"{'.'.join(dotted.split('.')[1:])}: does not say whom it names{which}"
        yield Fault(words, dotted, _compiled(ast.unparse(changed), target))


def every() -> list[Fault]:
    """All of them, each once: a rule that asks `visible(…)` is a use of it too."""
    made = (*named(), *scopes(), *rules(), *uses(), *readings())
    return list({fault.name: fault for fault in made}.values())


P = "liangshi.practice"
_BY_RANK = "order_by('number')", "order_by('wishes__rank')"
NAMED: dict[str, tuple[str, str, str]] = {
    "level 2 shown to a class adviser": (
        "liangshi.registry.access.reach.reached", " & _level(model, reach)", "",
    ),
    "the private portrait shown to a caretaker": (
        f"{P}.growth.queries.portraits._is_close", "return his.", "return True or his.",
    ),
    "change requests by their student's school alone": (
        f"{P}.relations.rules._changes_of_school", " & ~_about(actor.person_id)", "",
    ),
    "a hand-over letter to an old successor": (
        f"{P}.relations.rules._own_hand_overs", ", ended__student__in=his", "",
    ),
    "the clerk's reach over a teacher of another school": (
        "liangshi.registry.access.rules._of_school", "Q(school_id=actor.school_id)", "Q(pk__isnull=False)",
    ),
    "an office's notes shown to everybody": (
        "liangshi.portal.dossier.face._timeline", "reasons = STUDENT_WRITE in reader.may", "reasons = True",
    ),
    "a roster Excel with restricted guardians": (
        f"{P}.rosters.queries.exports.students", ", restricted=False", "",
    ),
    "mentors' answers ordered by rank": (f"{P}.matching.queries.answers.asked_of", *_BY_RANK),
}  # fmt: skip


def named() -> list[Fault]:
    return [Fault(name, dotted, edited(dotted, old, new)) for name, (dotted, old, new) in NAMED.items()]
