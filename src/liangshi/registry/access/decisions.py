"""What one asks for and another decides with a tap: the deed, its addresses, what is due.

DECISIONS = Decisions(VISIT_DECIDE, audit.VISIT_DECIDED, "家访")           beside the actions
urlpatterns = [..., *decision_paths(DECISIONS, "visits:list")]           `agree` and `refuse`, with their policy rows
act = MovesColumn(DECISION, "visits", verbose_name="决定")                in the list (`columns`)
DECISIONS.due(actor, url, icon)                                          in the face

Where a step is not taken without a reason, `Decisions(…, why={"refuse"})`: its address asks for it, the record keeps it
as `reason`, and the list leads there (`MovesColumn(…, why=DECISIONS.why)`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.faces import Due
from liangshi.foundation.deeds import Deed
from liangshi.foundation.records.decisions import DECISION, Decision, demand_another
from liangshi.foundation.ui.pages import attempt, found, reason_page
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.policy import Permission

M = TypeVar("M", bound=Any)
SAID = "记下了。"


@dataclass(frozen=True, slots=True)
class Decisions(Generic[M]):
    """The decisions on one kind of record, an `Asked` with a `student`, if it is about one. `what` is what one is called,
    「家访」; `why` are the steps that need a reason."""

    permission: Permission[M]
    entry: EntryType
    what: str
    why: Collection[str] = ()

    def rows(self, actor: Actor) -> QuerySet[M]:
        """Those on which he may decide."""
        held: QuerySet[M] = self.permission.resource.model.objects.seen_by(actor, self.permission)
        return held

    def waiting(self, actor: Actor) -> QuerySet[M]:
        """What waits for his decision: not what he has asked for himself."""
        return self.rows(actor).filter(state=Decision.ASKED).exclude(asked_by=actor.person_id)

    def take(self, row: M, step: str, *, url: str, actor: Actor, reason: str = "") -> M:
        """Agree or refuse; whoever asked is told, and led to `url`. Raises `own_decision`, `needs_reason`,
        `invalid_transition`."""
        demand_another(row.asked_by_id, actor.person_id, f"这次{self.what}是您自己申请的，请另一位来定。")
        if step in self.why and not reason:
            raise DomainError("needs_reason", "请写一句为什么。", field="reason")
        kept = {"reason": reason} if step in self.why else {}
        school, student = getattr(row, "school_id", None), getattr(row, "student_id", None)
        subjects = [student] if student else []
        with Deed(self.entry, actor, school=school, about=row, subjects=subjects, step=step) as deed:
            decided: M = DECISION.move(row, step, decided_by=actor.person_id, decided_on=today(), **kept)
            answer = Decision(decided.state).label
            deed.tell(
                [row.asked_by_id],
                role=row.asked_as,
                student=student,
                title=f"您申请的{self.what}（{row}）：{answer}",
                url=url,
            )
        return decided

    def due(self, actor: Actor, url: str, icon: str) -> Iterator[Due]:
        """One line for all that waits for him (`faces.due`)."""
        if number := self.waiting(actor).count():
            words = f"{number} 次{self.what}等您决定"
            yield Due("waiting", words, words, url, icon)


def decision_paths(decisions: Decisions[M], back: str) -> list[URLPattern]:
    """An address for each way to decide, called like it; `back` is that of the list."""

    @require_POST
    def decide(request: ActorRequest, pk: UUID, step: str) -> HttpResponse:
        row: M = found(decisions.rows(request.actor).filter(pk=pk).first())
        attempt(request, lambda: decisions.take(row, step, url=reverse(back), actor=request.actor), SAID)
        return redirect(back)

    @require_http_methods(["GET", "POST"])
    def decide_with_reason(request: ActorRequest, pk: UUID, step: str) -> HttpResponse:
        row: M = found(decisions.rows(request.actor).filter(pk=pk).first())
        url, verb = reverse(back), DECISION.label(step)
        return reason_page(
            request,
            lambda reason: decisions.take(row, step, url=url, actor=request.actor, reason=reason),
            SAID,
            back=url,
            title=f"{verb}{decisions.what}（{row}）",
            verb=verb,
        )

    views = {step: decide_with_reason if step in decisions.why else decide for step in DECISION.moves}
    return [path(f"<uuid:pk>/{step}", view, {"step": step}, name=step) for step, view in views.items()]
