"""From where a request comes."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "-"  # what says no address: a socket, a client of the tests


def client_net(request: HttpRequest) -> str:
    """The client's IPv4 address, or his IPv6 network of 64 bits, which is what one household or school has.

    With setting PROXIES = N the Nth entry from the right of X-Forwarded-For counts, which the outermost of our own N
    proxies has written; what a client writes himself stands further left. With 0, or where there are fewer entries, it
    is whoever is connected.
    """
    hops = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    count: int = settings.PROXIES
    told = hops[-count] if 0 < count <= len(hops) else ""
    return _net(told) or _net(str(request.META.get("REMOTE_ADDR", ""))) or NOWHERE


def _net(text: str) -> str:
    """An address as it counts; "" for what is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
