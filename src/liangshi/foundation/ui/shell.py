"""What the page shell and the components show, as small frozen dataclasses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PHONE_PLACES = 5  # as many as one thumb reaches on a 360 px screen


@dataclass(frozen=True)
class NavItem:
    """One place of the navigation. `icon` is a lucide name; `primary` is the raised ＋ on a phone."""

    label: str
    url: str
    icon: str
    current: bool = False
    primary: bool = False


@dataclass(frozen=True)
class HatLine:
    """What is said of another hat of the reader; `key` is posted to put it on."""

    key: str
    words: str


@dataclass(frozen=True)
class Hat:
    """The acting role, e.g. 导师 at 示范中学. `url` leads to the page where one changes hats.

    `inbox_url` to its notices, of which `unread` are new; `waiting`: other hats under which some are.
    """

    label: str
    organisation: str
    has_others: bool
    url: str
    person: str = ""
    inbox_url: str = ""
    unread: int = 0
    waiting: Sequence[HatLine] = ()


@dataclass(frozen=True)
class Shell:
    """Addresses the shell needs. An empty one hides what it would lead to."""

    home_url: str = "/"
    search_url: str = ""
    sign_out_url: str = ""
    waits_for_owner: str = ""  # where he shows that it is he, after somebody else gave him his password


@dataclass(frozen=True)
class PhoneBar:
    """The navigation as a phone shows it: at most five places, the rest behind 更多."""

    places: Sequence[NavItem]
    more: Sequence[NavItem]


def phone_bar(nav: Sequence[NavItem]) -> PhoneBar:
    """Fold `nav` to five places; with more than five, the last place becomes 更多."""
    if len(nav) <= PHONE_PLACES:
        return PhoneBar(nav, ())
    ordinary = [item for item in nav if not item.primary]
    room = PHONE_PLACES - 1 - (len(nav) - len(ordinary))
    more = ordinary[room:]
    return PhoneBar([item for item in nav if item not in more], more)


@dataclass(frozen=True)
class Crumb:
    """One step of the way back, shown above a page heading."""

    label: str
    url: str


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class ListRow:
    """One row of a list, as the tag `list_row` takes it."""

    title: str
    url: str = ""
    sub: str = ""
    icon: str = ""
    person: str = ""
    state: str = ""
    tone: str = "quiet"
    meta: str = ""


@dataclass(frozen=True)
class Button:
    """A link that looks like one; styles as for the tag `button_link`."""

    label: str
    url: str
    icon: str = ""
    style: str = ""


@dataclass(frozen=True)
class Piece:
    """A part of a page that some room brings along: its template, and what stands in it beside the page's own
    context."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TimelineEntry:
    """One past event; `when` is the text that is shown, already formatted."""

    when: str
    title: str
    text: str = ""
    url: str = ""
    icon: str = "circle"


@dataclass(frozen=True)
class Progress:
    """A long job as its page shows it. `percent` 0–100, or None while unknown; `waiting`: nobody is there to do it."""

    text: str
    poll_url: str
    percent: int | None = None
    waiting: bool = False
    done: bool = False
    failed: bool = False
    next_url: str = ""
    next_label: str = "看结果"

    @property
    def running(self) -> bool:
        return not (self.done or self.failed)


@dataclass(frozen=True)
class Confirm:
    """A question before an act with consequences.

    `facts` says in numbers or short words what will happen: [("2,381", "名学生收到通知")]; `undo` how it can be taken
    back, or that it cannot; `hidden` is posted along to `action_url`.
    """

    title: str
    text: str
    verb: str
    action_url: str
    cancel_url: str
    facts: Sequence[tuple[str, str]] = ()
    undo: str = ""
    danger: bool = False
    hidden: dict[str, str] = field(default_factory=dict)
