from django.urls import path

from liangshi.practice.talks.actions.drafts import DRAFTS
from liangshi.practice.talks.forms import TalkForm
from liangshi.practice.talks.views import activities, events, notes, talks, unmet
from liangshi.registry.access.drafts import draft_paths

app_name = "talks"
urlpatterns = [
    path("", talks.talk_list, name="list"),
    path("new", talks.new, name="new"),
    *draft_paths(DRAFTS, TalkForm, "talks:new"),
    path("forecast", talks.forecast, name="forecast"),
    path("follow-ups", talks.follow_ups, name="follow_ups"),
    path("follow-ups/<uuid:pk>/done", talks.follow_up_done, name="follow_up_done"),
    path("notes", notes.notes, name="notes"),
    path("notes/new", notes.note_new, name="note_new"),
    path("notes/<uuid:pk>", notes.note, name="note"),
    path("activities", activities.activities, name="activities"),
    path("activities/new", activities.activity_new, name="activity_new"),
    path("activities/<uuid:pk>", activities.activity, name="activity"),
    path("activities/<uuid:pk>/void", activities.activity_void, name="activity_void"),
    path("events", events.events, name="events"),
    path("events/new", events.event_new, name="event_new"),
    path("events/<uuid:pk>", events.event, name="event"),
    path("events/<uuid:pk>/lead", events.event_lead, name="event_lead"),
    path("events/<uuid:pk>/<str:step>", events.event_move, name="event_move"),
    path("unmet", unmet.unmet, name="unmet"),
    path("unmet/new", unmet.unmet_new, name="unmet_new"),
    path("unmet/<uuid:pk>/done", unmet.unmet_done, name="unmet_done"),
    path("blind-spots", unmet.blind_spots, name="blind_spots"),
    path("<uuid:pk>", talks.talk, name="talk"),
    path("<uuid:pk>/edit", talks.edit, name="edit"),
    path("<uuid:pk>/void", talks.void, name="void"),
    path("<uuid:pk>/versions", talks.versions, name="versions"),
]
