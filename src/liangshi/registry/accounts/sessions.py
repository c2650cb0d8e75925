"""How long somebody stays signed in, and when he is asked again who he is.

A session ends twelve hours after it began, on a device of one's own 30 days after it was used last. Whoever has sent
nothing for 30 minutes is idle: addresses that show confidential texts ask him again (`registry.access.middleware`), and
nothing else he opens makes that good. The stamps lie in the session and are written once a minute at most.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver

from liangshi.foundation.base.clock import now

IDLE = dt.timedelta(minutes=30)
TURN = dt.timedelta(hours=12)
OWN_TURN = dt.timedelta(days=30)
FRESH = dt.timedelta(minutes=10)  # after a password has been typed, nobody asks for it again
_NOTED = dt.timedelta(minutes=1)
_RENEWED = dt.timedelta(days=1)

DEVICE = "device"
_SEEN, _PROVED, _ENDS, _OWN = "seen", "proved", "ends", "own"


@receiver(user_logged_in)
def _begin(request: Any, **_: Any) -> None:
    """By whatever way somebody signs in."""
    begin(request.session)


def begin(session: SessionBase, *, own: bool = False) -> None:
    """From now on, on a device that is one's own or on any other, where it ends with the browser."""
    session[_OWN] = own
    session.set_expiry(int(OWN_TURN.total_seconds()) if own else 0)
    _prolong(session)
    prove(session)


def prove(session: SessionBase) -> None:
    """He has just typed his password."""
    session[_PROVED] = _stamp()
    awake(session)


def awake(session: SessionBase) -> None:
    """He has just shown who he is."""
    session[_SEEN] = _stamp()


def is_over(session: SessionBase) -> bool:
    return bool(_stamp() >= session.get(_ENDS, 0))


def is_idle(session: SessionBase) -> bool:
    return _since(session, _SEEN) > IDLE


def is_fresh(session: SessionBase) -> bool:
    """Whether the password was typed a moment ago."""
    return _since(session, _PROVED) <= FRESH


def touch(session: SessionBase) -> bool:
    """A request of his. Who is idle stays so. Returns whether the session now lasts longer, which happens once a day."""
    if not is_idle(session) and _since(session, _SEEN) >= _NOTED:
        awake(session)
    left = dt.timedelta(seconds=session.get(_ENDS, 0) - _stamp())
    prolonged = bool(session.get(_OWN)) and left < OWN_TURN - _RENEWED
    if prolonged:
        _prolong(session)
    return prolonged


def _prolong(session: SessionBase) -> None:
    session[_ENDS] = _stamp() + int((OWN_TURN if session.get(_OWN) else TURN).total_seconds())


def _stamp() -> int:
    return int(now().timestamp())


def _since(session: SessionBase, name: str) -> dt.timedelta:
    """How long ago; long enough where it is not known."""
    return dt.timedelta(seconds=_stamp() - session.get(name, 0))
