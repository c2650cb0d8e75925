from django.urls import path

from liangshi.practice.relations.views import exceptions, needs, rollover, transfers

app_name = "relations"
urlpatterns = [
    path("needs", needs.needs, name="needs"),
    path("needs/staffing", needs.staffing, name="staffing"),
    path("needs/<uuid:pk>", needs.need, name="need"),
    path("needs/<uuid:pk>/decide", needs.need_decide, name="need_decide"),
    path("needs/<uuid:pk>/grant", needs.need_grant, name="need_grant"),
    path("needs/<uuid:pk>/renew", needs.need_renew, name="need_renew"),
    path("needs/<uuid:pk>/end", needs.need_end, name="need_end"),
    path("students/<uuid:pk>/need", needs.need_new, name="need_new"),
    path("students/<uuid:pk>/primary", needs.end_primary, name="end_primary"),
    path("waiting", transfers.waiting, name="waiting"),
    path("without-mentor", transfers.without_mentor, name="without_mentor"),
    path("students/<uuid:pk>/exempt", transfers.exempt, name="exempt"),
    path("students/<uuid:pk>/exempt/end", transfers.exemption_end, name="exemption_end"),
    path("years/<uuid:pk>/in-force", transfers.year_in_force, name="year_in_force"),
    path("exceptions", exceptions.exceptions, name="exceptions"),
    path("staff/<uuid:pk>/reason", exceptions.reason, name="reason"),
    path("years/<uuid:pk>/rollover", rollover.rollover, name="rollover"),
    path("years/<uuid:pk>/rollover/run", rollover.rollover_run, name="rollover_run"),
    path("rollovers/<uuid:pk>/reverse", rollover.rollover_reverse, name="rollover_reverse"),
]
