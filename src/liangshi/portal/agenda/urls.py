from django.urls import path

from liangshi.portal.agenda import views

app_name = "agenda"
urlpatterns = [
    path("", views.show, name="agenda"),
    path("calendar", views.calendar, name="calendar"),
    path("calendar/subscribe", views.subscribe, name="subscribe"),
    path("calendar/unsubscribe", views.unsubscribe, name="unsubscribe"),
    path("feed/<str:token>.ics", views.feed, name="feed"),
]
