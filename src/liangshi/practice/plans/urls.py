from django.urls import path

from liangshi.practice.plans import views

app_name = "plans"
urlpatterns = [
    path("policy", views.show, name="policy"),
    path("policy/edit", views.edit, name="policy_edit"),
]
