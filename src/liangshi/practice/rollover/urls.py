from django.urls import path

from liangshi.practice.rollover import views

app_name = "rollover"
urlpatterns = [
    path("years/<uuid:pk>", views.rollover, name="rollover"),
    path("years/<uuid:pk>/run", views.run, name="run"),
    path("<uuid:pk>/reverse", views.reverse_it, name="reverse"),
]
