"""Who may do what with what the school decides for its year."""

from liangshi.practice.plans.models import Policy
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import OFFICE, Resource, Scope, permit, routes

POLICY = Resource("policy", Policy)

POLICY_READ = permit("policy.read", POLICY, "看学年匹配办法", OFFICE)
POLICY_WRITE = permit(
    "policy.write", POLICY, "改学年匹配办法", {Role.LEADER: Scope.SCHOOL}, "每次改动都是新的一版，留有记录"
)

routes(
    "plans",
    {
        "policy": POLICY_READ,
        "policy_edit": POLICY_WRITE,
    },
)
