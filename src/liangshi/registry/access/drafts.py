"""A form that is kept on the server as one types: what its writer finds again, and the two addresses that keep it.

    DRAFTS = Drafts("visit", Visit, VISIT_WRITE, what=…, mend=…)         beside the actions; DRAFTS.save(key, …) saves
    urlpatterns = [..., *draft_paths(DRAFTS, VisitForm, "visits:new")]   visit_draft and visit_draft_drop in the policy
    form_page(request, form, …, drafts=begun)                            its page; `begun` is DRAFTS.begun(request, …)

A draft is its writer's alone, by his post. About students whom he may not write about any more it is not shown, and their
keys are left out of it; like every draft it ends within a week.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.faces import Due
from liangshi.foundation.base.guard import as_system
from liangshi.foundation.records import drafts as kept
from liangshi.foundation.records import writing
from liangshi.foundation.ui.forms import DraftForm, KeyForm, Options
from liangshi.foundation.ui.pages import attempt, found
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.policy import Permission

M = TypeVar("M", bound=Model)
Typed = Mapping[str, Sequence[str]]  # the values of each field by its name
NAMED = 3  # students whom a draft is called by
GONE = "那一条现在不由您看了：要留的话，请先抄下来，交给现在负责的老师。"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A draft as its writer finds it again.

    `typed` holds the values of each field by its name; `who` the names of those it is about, `named` which students
    these are.
    """

    key: UUID
    changed_at: dt.datetime
    who: str
    named: tuple[UUID, ...]
    typed: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Begun:
    """What its writer has begun of a form: the one that this page goes on with, the others, and where they are kept.
    A page that shows it names their students (`reading`)."""

    resumed: Unsaved | None
    others: Sequence[Unsaved]
    route: str

    def initial(self, form: type[DraftForm], otherwise: Mapping[str, Any]) -> Mapping[str, Any]:
        """The initial values of the form: where the draft stopped, or `otherwise`."""
        return form.begun(self.resumed.typed, self.resumed.key) if self.resumed else otherwise

    @property
    def keep_url(self) -> str:
        return reverse(self.route)

    @property
    def drop_url(self) -> str:
        """Of the one that is resumed."""
        return self._drop(self.resumed) if self.resumed else ""

    @property
    def listed(self) -> list[tuple[Unsaved, str]]:
        """The others, and where each is dropped."""
        return [(each, self._drop(each)) for each in self.others]

    def _drop(self, each: Unsaved) -> str:
        return reverse(f"{self.route}_drop", args=[each.key])


@dataclass(frozen=True, slots=True)
class Drafts(Generic[M]):
    """The drafts of one kind of record: a `WriteOnce` with an `author`, a member of staff.

    `form` names the kind; `write` lets its author correct a record; `what` is what a record is called to a page that
    comes late, 「这次谈话（11 月 3 日）」, and `mend` where it is corrected; `about` is the field of the form that names the
    students, and `still` says of what is typed about whom it may be now, where the options of the form alone do not.
    """

    form: str
    model: type[M]
    write: Permission[M]
    what: Callable[[M], str]
    mend: str
    about: str = "students"
    still: Callable[[Actor], Callable[[Typed], Collection[UUID]]] | None = None

    def saved(self, row: M, actor: Actor) -> DomainError:
        """For a page that comes late. It sends nobody to a record that is not his to open any more."""
        found = self.model._base_manager.filter(self.write.rows(actor), pk=row.pk).exists()
        return writing.saved_already(self.what(row), self.mend if found else GONE)

    def save(
        self, key: UUID, make: Callable[[], M], *, same: Mapping[str, Any] | Callable[[M], bool], actor: Actor
    ) -> M:
        """The record of this page's key: made by `make`, or the one that the same page has made. It ends the draft.

        `same` are the values by which it is known, or the test. Raises DomainError `saved_already` where the record
        that is there says something else.
        """
        row = writing.written(
            self._of(key, actor).first,
            make,
            same=same if callable(same) else lambda held: writing.says(held, same),
            otherwise=lambda held: self.saved(held, actor),
        )
        self.drop(
            key, actor=actor
        )  # when the record is there for all to see: `foundation.records.drafts.keep_draft`
        return row

    def _of(self, key: UUID, actor: Actor) -> QuerySet[M]:
        return self.model._base_manager.filter(author=actor.staff_id, key=key)

    def keep(self, typed: Mapping[str, Sequence[str]], *, key: UUID, actor: Actor) -> None:
        """Keep the newest state of the form. Raises DomainError as `foundation.records.drafts`, and what `saved` says."""

        def saved() -> DomainError | None:
            with as_system("whether it is saved"):
                row = self._of(key, actor).first()
                return self.saved(row, actor) if row else None

        kept.keep_draft(typed, owner=actor.staff_id, form=self.form, key=key, saved=saved)

    def drop(self, key: UUID, *, actor: Actor) -> None:
        """`key` is that of the record it would have become. Twice changes nothing more."""
        kept.drop_draft(actor.staff_id, self.form, key)

    def holds(self, key: UUID, *, actor: Actor) -> bool:
        return kept.draft_of(actor.staff_id, self.form, key) is not None

    def of(self, actor: Actor, options: Options) -> list[Unsaved]:
        """The actor's own, newest first. `options` are the students about whom he may write now, with their labels.

        Other students are left out; a draft about them alone is not shown. While an account waits for its owner nothing
        is: what has no level yet may be his alone.
        """
        if actor.locked:
            return []
        labels = {str(row.pk): label for row, label in options}
        still = self.still(actor) if self.still else None
        shown = []
        for row in kept.drafts_of(actor.staff_id, self.form):
            typed = kept.typed_of(row)
            chosen = typed.get(self.about, [])
            here = [key for key in chosen if key in labels and (still is None or UUID(key) in still(typed))]
            if chosen and not here:
                continue
            typed[self.about] = here
            who = "、".join(labels[key] for key in here[:NAMED]) + ("等" if len(here) > NAMED else "")
            named = tuple(UUID(key) for key in here[:NAMED])
            shown.append(Unsaved(row.key, row.changed_at, who or "还没点学生", named, typed))
        return shown

    def begun(self, request: ActorRequest, options: Options) -> Begun:
        """What is shown on the page of the form: ?draft=… goes on with what was not saved."""
        held = {str(each.key): each for each in self.of(request.actor, options)}
        resumed = held.pop(request.POST.get("key") or request.GET.get("draft", ""), None)
        space = request.resolver_match.namespace if request.resolver_match else ""
        return Begun(resumed, list(held.values()), f"{space}:{self.form}_draft")

    def due(self, actor: Actor, options: Options, url: str, title: str) -> Iterator[Due]:
        """What he has begun and not saved, for what is due (`faces.due`): `url` is the page of the form."""
        for each in self.of(actor, options):
            there = f"{url}?draft={each.key}"
            yield Due(
                f"{each.key}", f"{title}：{each.who}", "没写完的一条记录", there, "pencil", names=each.named
            )


def draft_paths(drafts: Drafts[M], form: type[DraftForm], back: str) -> list[URLPattern]:
    """The addresses that the page of `form` sends to; `back` is that page's own."""

    @require_POST
    def draft(request: ActorRequest) -> HttpResponse:
        """What has been typed so far, sent by the page itself every few seconds."""
        sent = KeyForm(request.POST)
        if not sent.is_valid():
            return HttpResponse(status=400)
        try:
            drafts.keep(form.typed(request.POST), key=sent.cleaned_data["key"], actor=request.actor)
        except DomainError as refusal:
            return HttpResponse(refusal.message, status=422, content_type="text/plain; charset=utf-8")
        return HttpResponse(status=204)

    @require_POST
    def drop(request: ActorRequest, pk: UUID) -> HttpResponse:
        found(drafts.holds(pk, actor=request.actor) or None)
        attempt(request, lambda: drafts.drop(pk, actor=request.actor), "草稿丢掉了。")
        return redirect(back)

    name = f"{drafts.form}_draft"
    return [
        path(f"drafts/{drafts.form}", draft, name=name),
        path(f"drafts/{drafts.form}/<uuid:pk>/drop", drop, name=f"{name}_drop"),
    ]
