"""A leader's tick under the fairness figures, and the guard that asks for it."""

from __future__ import annotations

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.practice.matching import audit
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import FairnessSeen, Round, Run
from liangshi.practice.matching.queries.fairness import must_see, seen_by
from liangshi.practice.matching.queries.runs import done_run
from liangshi.registry.access.actor import Actor


def see_fairness(row: Round, *, shown: str, actor: Actor) -> FairnessSeen:
    """「我看过了」: once a result, however often it is pressed. `shown` is the seal of the result on the page.

    Raises DomainError `not_proposed`, `result_changed`.
    """
    with Deed(audit.FAIRNESS_SEEN, actor) as deed:
        row = Round.objects.select_for_update().get(pk=row.pk)
        run = done_run(row)
        if row.state not in {RoundState.PROPOSED, RoundState.CONFIRMED} or run is None:
            raise DomainError("not_proposed", f"现在没有要看的提案，这一轮是「{row.get_state_display()}」。")
        if shown != run.result_sha256:
            raise DomainError(
                "result_changed", "您看的时候，提案又调整过，数字可能变了。请看一看新的数字，再打勾。"
            )
        seen, fresh = FairnessSeen.objects.get_or_create(
            run=run, result_sha256=run.result_sha256, defaults={"by_id": actor.person_id}
        )
        if not fresh:
            deed.nothing()
        deed.about = row
        deed.note(sha256=run.result_sha256)
    return seen


def check_fairness(run: Run | None) -> None:
    """Raises DomainError `fairness_unseen` while a leader has still to look at wide differences."""
    if run is not None and must_see(run) and seen_by(run) is None:
        raise DomainError(
            "fairness_unseen",
            "有的群体之间志愿满足率相差超过 10 个百分点，公布前要请校领导先看「公平情况」，"
            "点「我看过了」，再公布。",
        )
