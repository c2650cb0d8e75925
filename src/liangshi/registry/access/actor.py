"""Who acts: a person under one hat."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from liangshi.registry.access.choices import Role


@dataclass(frozen=True, slots=True)
class Hat:
    """One way in which a person may act. `key` is kept in the session. `schools`: those of a county, or of a
    guardian's children, where the hat is not of one school."""

    role: Role
    place: str
    school_id: UUID | None = None
    bureau_id: UUID | None = None
    staff_id: UUID | None = None
    student_id: UUID | None = None
    cohort_id: UUID | None = None
    schools: frozenset[UUID] = frozenset()
    paused: bool = (
        False  # of a student in 休学: he reads his own, and sends what may not wait (`Permission.pressing`)
    )

    @property
    def key(self) -> str:
        owner = self.student_id or self.staff_id or self.cohort_id or self.school_id or self.bureau_id or ""
        return f"{self.role.value}:{owner}"

    @property
    def chain(self) -> str:
        """The audit chain of its deeds: the school's, or the city's."""
        return str(self.school_id or "city")

    @property
    def reach(self) -> frozenset[UUID | str] | None:
        """Whose rows the database lets through (`base.wall`): these schools', and its log's; None: everybody's."""
        return None if self.role is Role.CITY else self.schools | {self.school_id or self.chain}

    @property
    def label(self) -> str:
        """「导师 · 示范中学」."""
        return f"{self.role.label} · {self.place}" if self.place else str(self.role.label)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person and the hat he wears in this request."""

    account_id: UUID | None
    person_id: UUID
    name: str
    hat: Hat
    others: tuple[Hat, ...] = ()
    locked: bool = (
        False  # somebody else gave him his password: what only he reads is closed until he shows it is he
    )

    @property
    def role(self) -> Role:
        return self.hat.role

    @property
    def hat_label(self) -> str:
        return self.hat.label

    @property
    def school_id(self) -> UUID | None:
        return self.hat.school_id

    @property
    def chain(self) -> str:
        return self.hat.chain

    @property
    def staff_id(self) -> UUID:
        """His post. Only for hats that come from one."""
        if self.hat.staff_id is None:
            raise LookupError(f"{self.role} is no post")
        return self.hat.staff_id

    @property
    def own_school(self) -> UUID:
        """His school. Only for deeds that the policy table gives to school roles alone."""
        if self.hat.school_id is None:
            raise LookupError(f"{self.role} acts for no school")
        return self.hat.school_id


class ActorRequest(HttpRequest):
    """A request behind the gate."""

    actor: Actor
