"""What stops the start: an address without a rule, a rule without an address, a scope without a filter, a reading
without an address or an entry that is none, a large body that anybody may send or that memory does not hold, something that may
happen to a student and of which no row says who hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from liangshi.registry.access.faces import DUES
from liangshi.registry.access.policy import BODIES, PERMISSIONS, READS, ROUTES, SCOPES, Permission
from liangshi.registry.access.transitions import KINDS


def route_names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The full names of all addresses ("rounds:publish"); an unnamed one as its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from route_names(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}" if entry.name else f"{space}<{entry.pattern}>"


@register()
def every_route_has_a_rule(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    names = set(route_names())
    problems: list[CheckMessage] = [
        Error(
            f"{name} is not in the policy table",
            hint="name it in routes(…) of its room's own policy.py",
            id="access.E001",
        )
        for name in sorted(names - ROUTES.keys())
    ]
    problems += [
        Error(f"{name} is in the policy table but has no address", id="access.E002")
        for name in sorted(ROUTES.keys() - names)
    ]
    problems += [
        Error(f"{name} needs {need}, which is no permission", id="access.E003")
        for name, need in ROUTES.items()
        if isinstance(need, Permission) and PERMISSIONS.get(need.code) is not need
    ]
    problems += [
        Error(f"{code} reaches {reach} of {rule.resource.name}, which has no filter", id="access.E004")
        for code, rule in PERMISSIONS.items()
        for reach in set(rule.roles.values())
        if (rule.resource.name, reach) not in SCOPES
    ]
    problems += [
        Error(f"{name} declares a reading but has no address", id="access.E005")
        for name in sorted(READS.keys() - ROUTES.keys())
    ]
    problems += [
        Error(f"{name} writes {entry.code} when it is read, which is no entry of reading", id="access.E006")
        for name, entries in READS.items()
        for entry in entries
        if not entry.is_read
    ]
    problems += [
        Error(f"{name} takes a large body from whoever sends it", id="access.E007")
        for name in BODIES
        if not isinstance(ROUTES.get(name), Permission)
    ]
    problems += [
        Error(f"{name} takes {most} bytes, more than an upload may hold in memory", id="access.E008")
        for name, most in BODIES.items()
        if most > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    ]
    return problems


@register()
def everything_that_happens_has_a_row(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = [
        Error(
            f"{kind.label}: {kind.members[member]} ({member}) has no row",
            hint="say who hears of it in transitions.py of the room that does it",
            id="access.E009",
        )
        for kind in KINDS
        for member in kind.missing()
    ]
    waits = {
        due
        for kind in KINDS
        for row in kind.rows.values()
        for _, cell in row.cells()
        for due in (*cell.opens, *cell.closes)
    }
    problems += [
        Error(
            f"the table of transitions opens or closes {due}, which is nothing that is due", id="access.E010"
        )
        for due in sorted(waits - {key for key, _ in DUES.items()})
    ]
    return problems
