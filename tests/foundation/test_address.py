"""From where a request comes: what our own proxies have written, and nothing that a client writes himself."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from liangshi.foundation.base.address import NOWHERE, client_net
from liangshi.foundation.base.typed import fold, fold_name


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "counts"),
    [
        (0, "", "203.0.113.5", "203.0.113.5"),
        (0, "198.51.100.1", "203.0.113.5", "203.0.113.5"),  # nobody of ours has written that
        (1, "198.51.100.1", "10.0.0.1", "198.51.100.1"),
        (1, "1.1.1.1, 2.2.2.2, 198.51.100.1", "10.0.0.1", "198.51.100.1"),  # forged on the left
        (2, "1.1.1.1, 198.51.100.1, 10.0.0.2", "10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "10.0.0.1", "10.0.0.1"),  # it did not come through both
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "1.1.1.1, gibberish", "10.0.0.1", "10.0.0.1"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (0, "", "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (0, "", "::ffff:203.0.113.5", "203.0.113.5"),
        (0, "", "", NOWHERE),
    ],
)
def test_the_address_that_counts(settings: Any, proxies: int, forwarded: str, peer: str, counts: str) -> None:
    settings.PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_net(RequestFactory().get("/", REMOTE_ADDR=peer, **headers)) == counts


def test_what_is_typed_in_full_width_is_meant_plainly() -> None:
    assert fold("ＡＢＣ１２３－ｘ　y") == "ABC123-x y"
    assert fold_name(" ３１３４　Ｔ０５\t") == "3134t05"
