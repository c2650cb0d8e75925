from django.urls import path

from liangshi.practice.needs import views

app_name = "needs"
urlpatterns = [
    path("", views.needs, name="needs"),
    path("staffing", views.staffing, name="staffing"),
    path("<uuid:pk>", views.need, name="need"),
    path("<uuid:pk>/decide", views.decide, name="decide"),
    path("<uuid:pk>/grant", views.grant, name="grant"),
    path("<uuid:pk>/renew", views.renew, name="renew"),
    path("<uuid:pk>/end", views.end, name="end"),
    path("students/<uuid:pk>/new", views.new, name="new"),
    path("students/<uuid:pk>/primary", views.end_primary, name="end_primary"),
]
