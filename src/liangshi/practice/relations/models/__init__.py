"""What is kept about a relation after it has begun."""

from liangshi.practice.relations.models.needs import Need, NeedStrategy
from liangshi.practice.relations.models.rollover import Rollover
from liangshi.practice.relations.models.transfers import MentorExemption

__all__ = ["MentorExemption", "Need", "NeedStrategy", "Rollover"]
