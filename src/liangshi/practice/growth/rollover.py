"""What a student leaves behind of himself stays as it was at the change of the year."""

from liangshi.practice.growth.models import SubjectChoice
from liangshi.registry.schools.rollover import Part, take_part

take_part(
    "practice.growth",
    Part(stays={SubjectChoice: "which subjects he took to the 高考 is a fact about the past"}),
)
