"""A student's own round: the rule in plain words, the mentors, his wishes, his mentor."""

from __future__ import annotations

from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, form_page, found
from liangshi.practice.matching.actions.answers import choose_club, object_to_keeping
from liangshi.practice.matching.actions.wishes import save_reasons, save_wishes
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.forms import NO_CLUB, ClubForm, KeepForm, WhyForm, WishForm
from liangshi.practice.matching.models import RoundStudent
from liangshi.practice.matching.queries.answers import clubs_of
from liangshi.practice.matching.queries.programmes import ends_with
from liangshi.practice.matching.queries.published import other_mentor_now, published_placement
from liangshi.practice.matching.queries.students import is_open, mentor_cards, my_rounds, saved, subjects_of
from liangshi.practice.matching.queries.students import my_round as round_of_mine
from liangshi.registry.access.actor import ActorRequest

SAVED = "已保存，截止前都可以改。"
NONE_SAVED = "保存了，不过你一位老师也没有填。截止前都可以来填。"


def _mine(request: ActorRequest, pk: UUID) -> RoundStudent:
    return found(round_of_mine(request.actor, pk))


def _wishing(request: ActorRequest, pk: UUID) -> RoundStudent:
    held = _mine(request, pk)
    if not held.round.lists:
        raise Http404("nobody wishes in this round")
    return held


@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    rows = list(my_rounds(request.actor))
    if len(rows) == 1:
        return redirect("rounds:my_round", rows[0].round_id)
    return render(request, "rounds/mine.html", {"rows": rows})


@require_safe
def my_round(request: ActorRequest, pk: UUID) -> HttpResponse:
    held = _mine(request, pk)
    published = held.round.state == RoundState.PUBLISHED
    placement = published_placement(request.actor, held.student_id) if published else None
    context = {
        "mine": held,
        "round": held.round,
        "open": is_open(held.round),
        "saved": saved(held),
        "placement": placement,
        "now_with": other_mentor_now(placement) if placement else None,
        "last": held.round.lists and not published and ends_with(held.round),
        "clubs": list(clubs_of(held)) if held.round.way.by_club else [],
    }
    return render(request, "rounds/my_round.html", context)


@require_http_methods(["GET", "POST"])
def club(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who is in several clubs chooses the one whose adviser he would have, or none."""
    held = _mine(request, pk)
    if not held.round.way.by_club:
        raise Http404("no clubs here")
    chosen = str(held.club_id) if held.club_id else NO_CLUB if held.submitted_at else None
    form = ClubForm(request.POST or None, clubs=list(clubs_of(held)), initial={"club": chosen})
    if accept(request, form, lambda: choose_club(held, form.chosen, actor=request.actor), SAVED):
        return redirect("rounds:my_round", pk)
    return _form_page(request, held, form, "选社团")


@require_http_methods(["GET", "POST"])
def keep(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A student may say that he would rather have another mentor; the mentor never learns it."""
    held = _mine(request, pk)
    if not held.round.way.keeps or held.present is None:
        raise Http404("nothing to keep")
    form = KeepForm(request.POST or None, initial={"answer": "no" if held.student_objected_at else "keep"})

    def deed() -> None:
        objects = form.cleaned_data["answer"] == "no"
        object_to_keeping(held, by_mentor=False, objects=objects, actor=request.actor)

    if accept(request, form, deed, SAVED):
        return redirect("rounds:my_round", pk)
    return _form_page(request, held, form, "还跟现在的导师吗")


def _form_page(request: ActorRequest, held: RoundStudent, form: Form, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        verb="保存",
        back=reverse("rounds:my_round", args=[held.round_id]),
        back_label="选导师",
        sub=held.round.title,
    )


@require_safe
def mentors(request: ActorRequest, pk: UUID) -> HttpResponse:
    held = _wishing(request, pk)
    subject, text = request.GET.get("subject", ""), request.GET.get("q", "").strip()[:20]
    context = {
        "round": held.round,
        "open": is_open(held.round),
        "cards": mentor_cards(held, subject=subject, text=text),
        "subjects": subjects_of(held),
        "subject": subject,
        "text": text,
    }
    return render(request, "rounds/my_mentors.html", context)


@require_http_methods(["GET", "POST"])
def wishes(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The form. Whatever is refused, what was chosen is shown again."""
    held = _wishing(request, pk)
    row = held.round
    form = WishForm(
        request.POST or None,
        cards=mentor_cards(held),
        held=saved(held),
        version=held.version,
        limits=(row.wish_limit, row.avoid_limit),
        submit_label="保存志愿",
    )
    if request.method == "POST" and form.is_valid():
        picks, version = form.cleaned_data["picks"], form.cleaned_data["version"]
        if accept(
            request,
            form,
            lambda: save_wishes(
                held, wishes=picks.wishes, avoid=picks.avoid, version=version, actor=request.actor
            ),
            SAVED if picks.wishes else NONE_SAVED,
        ):
            return redirect("rounds:my_round", pk)
        form.renew(held.version)
    context = {"mine": held, "round": row, "form": form, "open": is_open(row)}
    return render(request, "rounds/my_wishes.html", context)


@require_http_methods(["GET", "POST"])
def why(request: ActorRequest, pk: UUID) -> HttpResponse:
    held = _wishing(request, pk)
    kept = saved(held)
    if not kept.wishes:
        return redirect("rounds:my_wishes", pk)
    form = WhyForm(request.POST or None, held=kept)
    if accept(
        request,
        form,
        lambda: save_reasons(held, form.reasons, version=held.version, actor=request.actor),
        "理由已保存，截止前都可以改。",
    ):
        return redirect("rounds:my_round", pk)
    return render(request, "rounds/my_reasons.html", {"round": held.round, "form": form})
