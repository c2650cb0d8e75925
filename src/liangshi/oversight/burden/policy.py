"""Who may see and set how much time records may cost."""

from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import SCHOOL
from liangshi.registry.access.policy import ALL_STAFF, BUREAUS, Scope, permit, routes

BURDEN_READ = permit(
    "burden.read",
    SCHOOL,
    "看负担预算和实际用时",
    {**BUREAUS, **dict.fromkeys(ALL_STAFF, Scope.SCHOOL)},
    "只有表单和秒数，没有教师个人的数字",
)
BURDEN_WRITE = permit(
    "burden.write", SCHOOL, "把选填项改为必填", {Role.LEADER: Scope.SCHOOL}, "超过全市上限的加不进去"
)
BURDEN_CAP = permit("burden.cap", SCHOOL, "调整全市填写时间上限", {Role.CITY: Scope.CITY}, "须写公开说明")

routes(
    "burden",
    {
        "budget": BURDEN_READ,
        "cap": BURDEN_CAP,
        "require": BURDEN_WRITE,
        "release": BURDEN_WRITE,
    },
)
