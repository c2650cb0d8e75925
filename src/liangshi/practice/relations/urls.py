from django.urls import path

from liangshi.practice.relations.views import (
    absences,
    changes,
    concerns,
    exceptions,
    handovers,
    meetings,
    swaps,
)

app_name = "relations"
urlpatterns = [
    path("", absences.office, name="office"),
    path("students/<uuid:pk>/change", changes.ask, name="ask"),
    path("students/<uuid:pk>/change/withdraw", changes.withdraw, name="withdraw"),
    path("students/<uuid:pk>/swap", swaps.swap, name="swap"),
    path("changes/mine", changes.mine, name="mine"),
    path("changes/counts", changes.counts, name="counts"),
    path("changes/<uuid:pk>", changes.change, name="change"),
    path("students/<uuid:pk>/concern", concerns.new, name="concern_new"),
    path("concerns/<uuid:pk>", concerns.concern, name="concern"),
    path("concerns/<uuid:pk>/withdraw", concerns.withdraw, name="concern_withdraw"),
    path("offers", changes.offers, name="offers"),
    path("offers/<uuid:pk>", changes.offer, name="offer"),
    path("absences/new", absences.new, name="absence_new"),
    path("absences/<uuid:pk>", absences.absence, name="absence"),
    path("absences/<uuid:pk>/deputy", absences.deputy, name="deputy"),
    path("absences/<uuid:pk>/back", absences.back, name="back"),
    path("absences/<uuid:pk>/longer", absences.longer, name="longer"),
    path("absences/<uuid:pk>/succession", absences.succession, name="succession"),
    path("letters", handovers.letters, name="handovers"),
    path("letters/<uuid:pk>", handovers.letter, name="handover"),
    path("meetings", meetings.meetings, name="meetings"),
    path("meetings/<uuid:pk>", meetings.meeting, name="meeting"),
    path("exceptions", exceptions.exceptions, name="exceptions"),
    path("staff/<uuid:pk>/reason", exceptions.reason, name="reason"),
]
