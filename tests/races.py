"""Many at once, on real threads against the real database."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence

from django.db import OperationalError, connections

from liangshi.foundation.base.errors import DomainError


def at_once(deeds: Sequence[Callable[[], object]], threads: int = 0) -> Counter[str]:
    """Do the deeds on threads that are let go together: one for each, or `threads` that share them.

    Counts how they ended: the text that a deed gave back, else "done"; the code of a refusal; what the database said.
    """
    waiting: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
    for deed in deeds:
        waiting.put(deed)
    start = threading.Barrier(threads or len(deeds))
    ends: list[str] = []

    def one(deed: Callable[[], object]) -> str:
        try:
            said = deed()
        except DomainError as refusal:
            return refusal.code
        except OperationalError as problem:
            return str(problem)
        return str(said) if isinstance(said, str) else "done"

    def work() -> None:
        start.wait(timeout=60)
        try:
            while not waiting.empty():
                ends.append(one(waiting.get_nowait()))
        except queue.Empty:
            pass  # another thread was quicker
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(start.parties)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(ends) == len(deeds), "a deed ended in an error that is nobody's answer"
    return Counter(ends)
