"""Who may see the figures about moments."""

from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT
from liangshi.registry.access.policy import OFFICE, Scope, permit

MOMENT_READ = permit(
    "moment.read",
    STUDENT,
    "看关键节点的触达（按年级的数字）",
    {**OFFICE, Role.GRADE_HEAD: Scope.GRADE},
    "没有按老师的数字",
)
