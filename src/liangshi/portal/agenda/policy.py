"""Addresses about oneself."""

from liangshi.portal.agenda.audit import AGENDA_OPENED
from liangshi.registry.access.policy import PUBLIC, SIGNED_IN, routes

routes(
    "agenda",
    {
        "agenda": SIGNED_IN,
        "calendar": SIGNED_IN,
        "subscribe": SIGNED_IN,
        "unsubscribe": SIGNED_IN,
        "feed": PUBLIC,  # calendar apps cannot sign in: the address itself is the secret
    },
    reads={"agenda": AGENDA_OPENED},
    confidential=("subscribe",),  # it gives out an address that needs no password
)
