"""What must hold of a school, recounted: after each deed, each day and each week. A finding is a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from bench._year.books import Books, differing, fingerprint
from bench._year.care import each_day, each_deed
from bench._year.figures import figures
from bench._year.pages import opened
from bench._year.waits import on_the_agendas
from bench._year.world import World


def each_week(w: World) -> Iterator[str]:
    yield from figures(w.school, Books.now(w.school))


def as_people_read(w: World, *, whole: bool) -> Iterator[str]:
    books = Books.now(w.school)
    yield from on_the_agendas(w, books, whole=whole)
    yield from opened(w, books)


__all__ = ["Books", "as_people_read", "differing", "each_day", "each_deed", "each_week", "fingerprint"]
