"""Addresses about oneself."""

from liangshi.portal.home.audit import HOME_OPENED
from liangshi.registry.access.policy import PUBLIC, SIGNED_IN, routes

routes(
    "home",
    {
        "sign_in": PUBLIC,
        "activate": PUBLIC,
        "sign_out": PUBLIC,
        "home": SIGNED_IN,
        "wake": SIGNED_IN,
        "hats": SIGNED_IN,
        "who_may_what": SIGNED_IN,
        "notices": SIGNED_IN,
        "notice": SIGNED_IN,
        "me": SIGNED_IN,
        "device_end": SIGNED_IN,
        "devices_end": SIGNED_IN,
        "pin": SIGNED_IN,
        "pin_end": SIGNED_IN,
        "no_hat": PUBLIC,
    },
    reads={"home": HOME_OPENED},
    confidential=("wake",),
)
