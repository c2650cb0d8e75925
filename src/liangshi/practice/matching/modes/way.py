"""What one way of matching is to the rest of the room: an object per mode, so that nobody else asks which mode it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from liangshi.foundation.base.workflow import Workflow
from liangshi.pairing.problem import Mode as EngineMode
from liangshi.practice.matching.choices import ROUND, RoundState
from liangshi.practice.matching.modes.steps import Here, Table
from liangshi.practice.plans.choices import Mode

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MentorsAsked:
    """What the mentors of a round are asked, one tap a student, and the words of their page.

    Asked in `state`; `since` and `until` are fields of the round: set once they were asked, and when it ends.
    """

    state: RoundState
    since: str
    until: str
    what: str
    title: str
    how: str
    silence: str
    verdicts: Sequence[tuple[str, str]]
    counts: bool  # whether each student wants an answer, so that progress can be shown


class Way:
    """A mode. What is not said in a mode's own module is as it is here."""

    mode: ClassVar[Mode]
    flow: ClassVar[Workflow] = ROUND
    next: ClassVar[Table]  # a cell for every state that the mode can be in

    # What is asked of whom.
    lists: ClassVar[bool] = False  # students rank mentors
    by_club: ClassVar[bool] = False  # members of a club go to its adviser
    keeps: ClassVar[bool] = False  # pairs that exist go on unless one of the two objects
    fills_in: ClassVar[bool] = True  # somebody has something to say, until a deadline
    asks: ClassVar[MentorsAsked | None] = None
    review_only: ClassVar[bool] = False

    # What goes to the engine, and what comes back.
    engine: ClassVar[EngineMode] = EngineMode.WISHES
    aims: ClassVar[bool] = False  # the school's aim decides, and aims can be compared
    weighs: ClassVar[bool] = False  # the weights of the policy count
    keeps_first: ClassVar[bool] = True  # a student's present mentor counts, where the policy keeps pairs
    always_places: ClassVar[bool] = False  # everybody is placed, even if there is a later round
    proposes: ClassVar[bool] = (
        False  # pairs exist already: who is in none falls on, and nothing is moved by hand
    )
    provable: ClassVar[bool] = True  # the result was computed and can be proved from a file

    # What screens and notices say.
    path: ClassVar[tuple[str, ...]]  # the steps of its page
    placed_as: ClassVar[str] = ""  # how a pair came about, where nobody ranks anybody
    placed_by: ClassVar[str] = ""  # the same after a number of students
    opens: ClassVar[str] = "开启填报"
    opening: ClassVar[str] = "开启后名单和名额不再变动，学生可以填志愿，到截止时间为止随时可以改。"
    opened: ClassVar[str] = "已开启，学生、导师和家长都收到了通知。"
    opening_undo: ClassVar[str] = "开启后可以改截止时间，也可以写明原因作废这一轮。"
    told: ClassVar[str] = "名学生收到通知"  # after a number, when it opens
    student_notice: ClassVar[str] = "「{title}」开始填报，{until}"
    guardian_notice: ClassVar[str] = "正在选导师，志愿由孩子自己填"

    @property
    def rule_page(self) -> str:
        """The part of a page that tells students how the mode decides."""
        return f"rounds/rules/{self.mode}.html"

    @property
    def honest_page(self) -> str:
        """The part of a page that tells students whether honest wishes are best; where students rank mentors."""
        return f"rounds/honest/{self.mode}.html"

    @property
    def own_page(self) -> str:
        """The part of a student's page that asks what the mode asks; "" where he ranks mentors, or says nothing."""
        return f"rounds/own/{self.mode}.html" if self.by_club or self.keeps else ""

    @property
    def movable(self) -> bool:
        """Whether single students of a proposal may be moved by hand."""
        return not self.proposes

    @property
    def seals_itself(self) -> bool:
        """Whether the mode stands in the seal of a result; else the aim does."""
        return self.by_club or self.engine is not EngineMode.WISHES

    def days(self, objection_days: int) -> int | None:
        """How long it usually stays open; None where nobody has anything to say."""
        return 7 if self.fills_in else None

    def closing(self, here: Here, without: str) -> Facts:
        """What stands beside the question whether to close; `without`: what becomes of who filled in nothing."""
        return [(str(here.submitted), "名学生已经填报"), (str(here.waiting), f"名学生还没有填，将{without}")]

    def why(self, mentor: str) -> str:
        """The sentence for a student, where the engine has none because nobody ranks."""
        raise NotImplementedError(f"in {self.mode} the engine says why")
