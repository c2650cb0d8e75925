"""互换导师: first with whose student, then with which."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from liangshi.foundation.ui.pages import accept, form_page, found
from liangshi.foundation.ui.shell import ListRow
from liangshi.practice.relations.actions.swaps import swap as swap_both
from liangshi.practice.relations.forms.swaps import SwapForm
from liangshi.practice.relations.policy import BOND_SWAP
from liangshi.practice.relations.queries import swaps as queries
from liangshi.practice.relations.queries.changes import bond_of
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.reads import reading


@require_http_methods(["GET", "POST"])
def swap(request: ActorRequest, pk: UUID) -> HttpResponse:
    actor = request.actor
    bond = found(bond_of(actor, pk, BOND_SWAP))
    offered = queries.mentors(actor, bond)
    chosen = next((each for each in offered if str(each.staff.pk) == request.GET.get("mentor")), None)
    back = address(actor, "dossier:student", bond.student_id)
    if chosen is None:
        reading(request, [bond.student_id])
        rows = [
            ListRow(
                str(each.staff),
                f"{reverse('relations:swap', args=[pk])}?mentor={each.staff.pk}",
                sub=each.staff.subject,
                person=each.staff.person.name,
                meta=f"{each.taken} 名学生",
            )
            for each in offered
        ]
        return render(request, "relations/swap.html", {"bond": bond, "mentors": rows, "back": back})
    partners = queries.partners(actor, bond, chosen)
    form = SwapForm(request.POST or None, partners=partners, initial={"bond": bond.pk})
    said = f"已互换。从今天起，{bond.student}的导师是{chosen.staff}，两名学生、家长和两位导师都收到了通知。"
    if accept(
        request,
        form,
        lambda: swap_both(bond, form.cleaned_data["other"], reason=form.cleaned_data["reason"], actor=actor),
        said,
    ):
        return redirect("dossier:student", bond.student_id)
    reading(request, [bond.student_id, *(row.student_id for row, _ in partners)])
    return form_page(
        request,
        form,
        title=f"{bond.student}和谁互换导师",
        sub=f"{bond.student}现在的导师是{bond.mentor}；换过来的是{chosen.staff}的学生",
        verb="互换导师",
        back=reverse("relations:swap", args=[pk]),
        note="两位导师人数不变，名额满了也可以互换。从今天起生效。",
    )
