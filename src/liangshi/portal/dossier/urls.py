from django.urls import path

from liangshi.portal.dossier import views

app_name = "dossier"
urlpatterns = [
    path("search", views.search, name="search"),
    path("students", views.students, name="students"),
    path("students/<uuid:pk>", views.student, name="student"),
    path("students/<uuid:pk>/contacts/<uuid:link>", views.contact, name="contact"),
    path("students/<uuid:pk>/log", views.log, name="log"),
    path("staff", views.staff, name="staff"),
    path("staff/<uuid:pk>", views.staff_member, name="staff_member"),
    path("not-mentoring", views.not_mentoring, name="not_mentoring"),
    path("classes", views.classes, name="classes"),
    path("classes/<uuid:pk>", views.class_page, name="class"),
    path("profile", views.profile, name="profile"),
]
