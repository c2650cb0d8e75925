"""Where the agenda stands in the navigation, and what of it ends with a reset: a calendar asks for no password."""

from liangshi.portal.agenda.models import CalendarFeed
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import nav
from liangshi.registry.accounts.ending import ENDS
from liangshi.registry.accounts.models import Account

nav(30, "agenda:agenda", "待办", "list-checks", without=(Role.GUARDIAN,))


def _end_feeds(account: Account) -> None:
    CalendarFeed.objects.as_system("a reset ends them").filter(account=account).delete()


ENDS.append(_end_feeds)
