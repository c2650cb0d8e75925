from django.urls import path

from liangshi.portal.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("wake", views.wake, name="wake"),
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("activate", views.activate, name="activate"),
    path("no-hat", views.no_hat, name="no_hat"),
    path("hats", views.hats, name="hats"),
    path("who-may-do-what", views.who_may_what, name="who_may_what"),
    path("notices", views.notices, name="notices"),
    path("notices/<uuid:pk>", views.notice, name="notice"),
    path("me", views.me, name="me"),
    path("me/devices/<uuid:pk>/end", views.device_end, name="device_end"),
    path("me/devices/end", views.devices_end, name="devices_end"),
    path("me/pin", views.pin, name="pin"),
    path("me/pin/end", views.pin_end, name="pin_end"),
]
