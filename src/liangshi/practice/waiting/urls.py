from django.urls import path

from liangshi.practice.waiting import views

app_name = "waiting"
urlpatterns = [
    path("", views.waiting, name="waiting"),
    path("without-mentor", views.without_mentor, name="without_mentor"),
    path("students/<uuid:pk>/exempt", views.exempt, name="exempt"),
    path("students/<uuid:pk>/exempt/end", views.exemption_end, name="exemption_end"),
    path("years/<uuid:pk>/in-force", views.year_in_force, name="year_in_force"),
]
