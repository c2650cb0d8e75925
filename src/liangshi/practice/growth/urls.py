from django.urls import path

from liangshi.practice.growth.views import aims, own, shining

app_name = "growth"
urlpatterns = [
    path("portrait", own.portrait, name="portrait"),
    path("portrait/clear", own.portrait_clear, name="portrait_clear"),
    path("career", own.career, name="career"),
    path("career/activities/new", own.activity_new, name="activity_new"),
    path("career/activities/<uuid:pk>/remove", own.activity_remove, name="activity_remove"),
    path("students/<uuid:pk>/goals/new", aims.goal_new, name="goal_new"),
    path("students/<uuid:pk>/goals/<uuid:goal>/close", aims.goal_close, name="goal_close"),
    path("students/<uuid:pk>/subjects", aims.subjects, name="subjects"),
    path("subject-windows", aims.windows, name="windows"),
    path("subject-windows/<uuid:pk>", aims.window, name="window"),
    path("moments", shining.mine, name="shine"),
    path("moments/waiting", shining.unnoticed, name="unnoticed"),
    path("moments/<uuid:pk>/void", shining.void, name="shine_void"),
    path("students/<uuid:pk>/moments/new", shining.new, name="shine_new"),
]
