"""{% load ui %}: every component of the design system. README.md shows an example of each."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from django import template
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from liangshi.foundation.base import clock

from ..charts import Chart
from ..shell import Crumb, ListRow, NavItem, Piece, Progress, Tab, TimelineEntry, phone_bar
from ..wheel import Wheel

register = template.Library()

# A state is told by its word, by this shape and by colour, in this order.
TONES = {
    "good": "circle-check",
    "info": "info",
    "warn": "triangle-alert",
    "bad": "octagon-alert",
    "quiet": "circle-dashed",
}

LEVELS = {messages.SUCCESS: "good", messages.WARNING: "warn", messages.ERROR: "bad"}


def _tone(tone: str) -> dict[str, str]:
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"unknown tone {tone!r}; one of {', '.join(TONES)}")
    return {"tone": tone, "shape": TONES[tone]}


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"ui/parts/{name}.html", context)


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str) -> SafeString:
    """An inline lucide icon, hidden from screen readers: put a word beside it."""
    svg = lucide(name, size=24, **{"class": "icon", "aria-hidden": "true", "focusable": "false"})
    return mark_safe(re.sub(r">\s+<", "><", svg))  # noqa: S308  drawn by the lucide package, name is not from a user


# Shell


@register.inclusion_tag("ui/parts/nav.html")
def shell_nav(nav: Sequence[NavItem] | None) -> dict[str, Any]:
    """The one navigation: bottom bar on a phone, side bar from 960 px."""
    return {"nav": nav or (), "phone": phone_bar(nav or ())}


@register.simple_block_tag
def page_heading(
    content: str,
    title: str,
    *,
    sub: str = "",
    back_url: str = "",
    back_label: str = "返回",
    crumbs: Sequence[Crumb] = (),
) -> SafeString:
    """The page's h1 with the way back; the block holds the page's actions (buttons)."""
    return _part(
        "page_heading",
        content=content,
        title=title,
        sub=sub,
        back_url=back_url,
        back_label=back_label,
        crumbs=crumbs,
    )


# Content


@register.simple_block_tag
def card(
    content: str, title: str = "", *, note: str = "", url: str = "", url_label: str = "全部", id: str = ""
) -> SafeString:
    """A sheet of paper with an optional h2, a quiet note beside it and a link to the whole."""
    return _part("card", content=content, title=title, note=note, url=url, url_label=url_label, id=id)


@register.simple_block_tag
def figures(content: str) -> SafeString:
    """Lays out the `figure`s in it, two in a row on a phone."""
    return mark_safe(f'<div class="figures">{content}</div>')  # noqa: S308  rendered by the template engine


@register.inclusion_tag("ui/parts/figure.html")
def figure(value: object, label: str, url: str = "", note: str = "", of: object = None) -> dict[str, Any]:
    """A number, what it counts, and the link to the list behind it. `of` shows 18 / 24."""
    shown = f"{value:,}" if isinstance(value, int) else value
    return {"value": shown, "label": label, "url": url, "note": note, "of": of}


@register.simple_block_tag
def list_rows(content: str) -> SafeString:
    """A list of `list_row`s."""
    return mark_safe(f'<ul class="rows">{content}</ul>')  # noqa: S308  rendered by the template engine


@register.inclusion_tag("ui/parts/list_row.html")
def list_row(
    title: str,
    url: str = "",
    *,
    sub: str = "",
    icon: str = "",
    person: str = "",
    state: str = "",
    tone: str = "quiet",
    meta: str = "",
) -> dict[str, Any]:
    """One row: icon or surname disc, title, second line, state badge, chevron when it leads somewhere."""
    return {
        "title": title,
        "url": url,
        "sub": sub,
        "icon": icon,
        "initial": person[:1],
        "state": state,
        "tone": tone,
        "meta": meta,
    }


@register.simple_tag
def rows(listed: Iterable[ListRow]) -> SafeString:
    """The `list_row`s that Python made, for inside of a `list_rows`."""
    return mark_safe("".join(_part("list_row", **list_row(**asdict(row))) for row in listed))  # noqa: S308  rendered


@register.simple_tag(takes_context=True)
def pieces(context: Context, shown: Iterable[Piece]) -> SafeString:
    """What rooms put in one place of a page, in order, each by its own template within the page's context."""
    made = []
    for piece in shown:
        with context.push(**piece.context):
            made.append(template.Engine.get_default().get_template(piece.template).render(context))
    return mark_safe("".join(made))  # noqa: S308  rendered by the template engine


@register.inclusion_tag("ui/parts/person.html")
def person(name: str, group: str = "", url: str = "") -> dict[str, Any]:
    """A person: surname disc, name, and the class (or office) that tells homonyms apart."""
    return {"name": name, "initial": name[:1], "group": group, "url": url}


@register.inclusion_tag("ui/parts/badge.html")
def badge(word: str, tone: str = "quiet") -> dict[str, Any]:
    """A state, by word, shape and colour. Tones: good, info, warn, bad, quiet."""
    return {"word": word, **_tone(tone)}


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    title: str, text: str = "", url: str = "", url_label: str = "", icon: str = "inbox"
) -> dict[str, Any]:
    """Nothing here yet, and the next step."""
    return {"title": title, "text": text, "url": url, "url_label": url_label, "icon": icon}


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """A definition list of `fact`s."""
    return mark_safe(f'<dl class="facts">{content}</dl>')  # noqa: S308  rendered by the template engine


@register.inclusion_tag("ui/parts/fact.html")
def fact(label: str, value: object, url: str = "") -> dict[str, Any]:
    """One line of a definition list; an empty value shows 未填写."""
    return {"label": label, "value": value, "url": url}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(entries: Sequence[TimelineEntry]) -> dict[str, Any]:
    """What happened, newest first as given."""
    return {"entries": entries}


# Flow


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """A calm banner in the page. Tones as for `badge`."""
    return _part("notice", content=content, title=title, **_tone(tone))


@register.inclusion_tag("ui/parts/message.html")
def message(said: Message) -> dict[str, Any]:
    """What the page before wants said, in the tone of its level."""
    return {"words": said.message, **_tone(LEVELS.get(said.level, "info"))}


@register.inclusion_tag("ui/parts/progress.html")
def progress(value: int, max: int, label: str) -> dict[str, Any]:
    """How far: 18 of 24, as a bar with words."""
    return {"value": value, "max": max, "label": label}


@register.inclusion_tag("ui/parts/job_progress.html")
def job_progress(progress: Progress) -> dict[str, Any]:
    """The polled part of a long job's page (see pages.progress_page)."""
    return {"progress": progress}


@register.inclusion_tag("ui/parts/stepper.html")
def stepper(*steps: str | Sequence[str], current: int) -> dict[str, Any]:
    """Steps of a long job, each by itself or all in one sequence; `current` counts from 1."""
    labels = [label for one in steps for label in ([one] if isinstance(one, str) else one)]
    return {
        "steps": [
            {"label": label, "done": n < current, "current": n == current}
            for n, label in enumerate(labels, 1)
        ]
    }


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Sequence[Tab], label: str = "分栏") -> dict[str, Any]:
    """Links between pages that belong together."""
    return {"items": items, "label": label}


# Buttons


@register.inclusion_tag("ui/parts/button_link.html")
def button_link(label: str, url: str, icon: str = "", style: str = "") -> dict[str, Any]:
    """A link that looks like a button. Styles: "" (strong), quiet, danger, quiet-danger (leads to a question)."""
    return {"label": label, "url": url, "icon": icon, "style": style}


@register.inclusion_tag("ui/parts/submit.html")
def submit(label: str, icon: str = "", style: str = "", name: str = "", value: str = "") -> dict[str, Any]:
    """The button that sends the form it stands in."""
    return {"label": label, "icon": icon, "style": style, "name": name, "value": value}


@register.inclusion_tag("ui/parts/post_button.html")
def post_button(label: str, url: str, icon: str = "", style: str = "quiet", **hidden: Any) -> dict[str, Any]:
    """A form of one button, for an act that needs no more than a POST; `hidden` values go with it."""
    return {"label": label, "url": url, "icon": icon, "style": style, "hidden": hidden}


@register.inclusion_tag("ui/parts/act_form.html")
def act_form(act: str, form: BaseForm, verb: str, style: str = "") -> dict[str, Any]:
    """One of several forms of a page that go to the same address; `act` tells the view which was sent."""
    return {"act": act, "form": form, "verb": verb, "style": style}


# Ends


@register.filter
def last_day(end: dt.date | None) -> dt.date | str:
    """The last day of what ends at 00:00 of `end`, for `|date`."""
    return clock.last_day(end) if end else ""


@register.filter
def deadline(end: dt.datetime | None) -> str:
    """A deadline in words; one at 00:00 is the day before, 24:00."""
    return clock.deadline(end) if end else ""


# Charts


@register.inclusion_tag("ui/parts/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """A chart with the same numbers as a table; without JavaScript the table alone."""
    return {"chart": chart, "data_id": f"{chart.id}-data"}


@register.inclusion_tag("ui/parts/wheel.html")
def wheel(wheel: Wheel) -> dict[str, Any]:
    """The five strategies over terms beside what was wished for. No score."""
    return {"wheel": wheel}
