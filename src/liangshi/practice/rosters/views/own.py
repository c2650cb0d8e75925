"""What whoever brought a roster would have given himself, for another one to decide."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from liangshi.practice.rosters.queries.own import own_posts as rows
from liangshi.practice.rosters.tables import OwnPostTable
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page


@require_safe
def own_posts(request: ActorRequest) -> HttpResponse:
    return list_page(request, "rosters/own_posts.html", OwnPostTable(rows(request.actor)))
