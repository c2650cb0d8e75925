"""Where the agenda stands in the navigation."""

from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import nav

nav(30, "agenda:agenda", "待办", "list-checks", without=(Role.GUARDIAN, Role.CITY, Role.COUNTY))
