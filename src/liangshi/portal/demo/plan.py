"""What the demo city is made of. Places, names and codes exist nowhere: region 99 and 示范市 are no place."""

from __future__ import annotations

from dataclasses import dataclass

from liangshi.registry.people.choices import Gender
from liangshi.registry.schools.choices import Ownership

SEED = 2022
STUDENTS = 2400
GRADES = 3
CITY, COUNTY_A, COUNTY_B = "市", "甲区", "乙县"


@dataclass(frozen=True, slots=True)
class BureauPlan:
    key: str
    official_name: str
    short_name: str
    region_code: str


BUREAUS = (
    BureauPlan(CITY, "示范市教育局", "市教育局", "990000"),
    BureauPlan(COUNTY_A, "甲区教育局", "甲区教育局", "990001"),
    BureauPlan(COUNTY_B, "乙县社会事业局", "乙县社会事业局", "990002"),
)


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """`classes` is per grade, `staff` all who work there; both at scale 1."""

    key: str
    code: str
    name: str
    short_name: str
    ownership: Ownership
    bureau: str
    classes: int
    staff: int


JIA, QICHENG, SHIYI, FUZHONG = "甲一", "启程", "示一", "附中"
SCHOOLS = (
    SchoolPlan(JIA, "9900000001", "示范市甲区第一中学", "甲区一中", Ownership.PUBLIC, COUNTY_A, 5, 61),
    SchoolPlan(
        QICHENG, "9900000002", "示范市乙县启程高级中学", "启程高中", Ownership.PRIVATE, COUNTY_B, 3, 37
    ),
    SchoolPlan(SHIYI, "9900000003", "示范市第一中学", "示范一中", Ownership.PUBLIC, CITY, 6, 73),
    SchoolPlan(FUZHONG, "9900000004", "示范大学附属中学", "示大附中", Ownership.AFFILIATED, CITY, 4, 49),
)
CLASSES = GRADES * sum(school.classes for school in SCHOOLS)


@dataclass(frozen=True, slots=True)
class Seat:
    """A student's place in the city: school, grade (0 高一 … 2 高三), class number and seat, both from 1."""

    school: str
    grade: int
    class_no: int
    seat: int


M, F = Gender.MALE, Gender.FEMALE

# Names that trip programs: homonyms in one class, one name inside another, compound and minority names.
NAMED: dict[Seat, tuple[str, Gender]] = {
    Seat(JIA, 0, 1, 1): ("林知远", M),
    Seat(JIA, 0, 1, 2): ("林知行", M),
    Seat(JIA, 0, 1, 3): ("王芳", F),
    Seat(JIA, 0, 1, 4): ("王芳", F),
    Seat(JIA, 0, 1, 5): ("方小满", F),
    Seat(JIA, 1, 1, 1): ("王明", M),
    Seat(JIA, 1, 1, 2): ("王明明", M),
    Seat(JIA, 1, 1, 3): ("欧阳雨桐", F),
    Seat(JIA, 1, 1, 4): ("阿依古丽·买买提", F),
    Seat(JIA, 1, 1, 5): ("陈一", M),
    Seat(JIA, 2, 1, 1): ("司马青禾", F),
    Seat(QICHENG, 0, 1, 1): ("周向晚", F),
    Seat(QICHENG, 1, 1, 1): ("王芳", F),
    Seat(SHIYI, 1, 1, 1): ("周向晨", M),
    Seat(SHIYI, 0, 1, 1): ("许安安", F),
    Seat(SHIYI, 0, 1, 2): ("许宁宁", F),
    Seat(FUZHONG, 2, 1, 1): ("林知微", F),
}

STUDENT_IN_OPEN_ROUND = Seat(JIA, 0, 1, 3)
STUDENT_IN_FINISHED_ROUND = Seat(JIA, 1, 1, 3)
TEACHERS_CHILD = Seat(JIA, 0, 1, 5)
RESTRICTED = Seat(JIA, 1, 1, 5)
# Children of one family, in the order of the table; the first family's mother is the guardian who can sign in.
FAMILIES = (
    (Seat(JIA, 0, 1, 1), Seat(JIA, 0, 1, 2), Seat(FUZHONG, 2, 1, 1)),
    (Seat(SHIYI, 0, 1, 1), Seat(SHIYI, 0, 1, 2)),
    (Seat(QICHENG, 0, 1, 1), Seat(SHIYI, 1, 1, 1)),
)
TWINS = frozenset({Seat(JIA, 0, 1, 1), Seat(JIA, 0, 1, 2), Seat(SHIYI, 0, 1, 1), Seat(SHIYI, 0, 1, 2)})

SUSPENDED = (Seat(JIA, 1, 1, 8), Seat(SHIYI, 2, 1, 6))
RETURNED = (Seat(QICHENG, 2, 1, 4),)
JOINED = (Seat(SHIYI, 1, 1, 5), Seat(JIA, 2, 1, 7))
LEFT = (Seat(SHIYI, 1, 1, 9), Seat(FUZHONG, 1, 1, 4))
GUESTS = (Seat(QICHENG, 0, 1, 6),)
