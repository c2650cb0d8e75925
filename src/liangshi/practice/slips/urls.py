from django.urls import path

from liangshi.practice.slips import views
from liangshi.practice.slips.actions import DECISIONS
from liangshi.registry.access.decisions import decision_paths

app_name = "slips"
urlpatterns = [
    path("", views.requests, name="list"),
    path("new/", views.new, name="new"),
    path("students/<uuid:pk>/", views.student, name="student"),
    path("guardians/<uuid:pk>/", views.guardian, name="guardian"),
    path("staff/<uuid:pk>/", views.staff, name="staff"),
    path("officers/<uuid:pk>/", views.officer, name="officer"),
    path("own/", views.own, name="own"),
    path("<uuid:pk>/print/", views.print_slips, name="print"),
    path("<uuid:pk>/stop/", views.stop, name="stop"),
    *decision_paths(DECISIONS, "slips:list"),
]
