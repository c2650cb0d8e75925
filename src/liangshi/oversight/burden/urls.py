from django.urls import path

from liangshi.oversight.burden import views

app_name = "burden"
urlpatterns = [
    path("", views.show, name="budget"),
    path("cap", views.cap, name="cap"),
    path("require", views.require, name="require"),
    path("release", views.release, name="release"),
]
