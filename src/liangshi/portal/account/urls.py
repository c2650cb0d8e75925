from django.urls import path

from liangshi.portal.account import views

app_name = "account"
urlpatterns = [
    path("proof/", views.proof, name="proof"),
    path("recovery/", views.recovery, name="recovery"),
    path("join/", views.join, name="join"),
    path("mobile/", views.mobile, name="mobile"),
]
