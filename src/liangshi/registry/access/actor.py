"""Who acts: a person under one hat."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from liangshi.registry.access.choices import Role


@dataclass(frozen=True, slots=True)
class Hat:
    """One way in which a person may act. `key` is kept in the session."""

    role: Role
    place: str
    school_id: UUID | None = None
    bureau_id: UUID | None = None
    staff_id: UUID | None = None
    student_id: UUID | None = None
    cohort_id: UUID | None = None

    @property
    def key(self) -> str:
        owner = self.student_id or self.staff_id or self.cohort_id or self.school_id or self.bureau_id or ""
        return f"{self.role.value}:{owner}"

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
        """The audit chain of his deeds: his school's, or the bureau's."""
        return str(self.hat.school_id) if self.hat.school_id else "city"

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
