from django.urls import include, path

from liangshi.practice.rosters.actions.own import DECISIONS
from liangshi.practice.rosters.views import exports, imports, own, people
from liangshi.registry.access.decisions import decision_paths

app_name = "rosters"
urlpatterns = [
    path("", imports.imports, name="list"),
    path("new/", imports.upload, name="upload"),
    path("<uuid:pk>/", imports.job, name="job"),
    path("<uuid:pk>/columns/", imports.columns, name="columns"),
    path("<uuid:pk>/difference/", imports.difference, name="difference"),
    path("<uuid:pk>/leave-out/", imports.leave_out, name="leave_out"),
    path("<uuid:pk>/apply/", imports.apply, name="apply"),
    path("<uuid:pk>/discard/", imports.discard, name="discard"),
    path("export/", exports.export, name="export"),
    path("export/students/", exports.export_students, name="export_students"),
    path("export/staff/", exports.export_staff, name="export_staff"),
    path("export/full/", exports.export_full, name="export_full"),
    path("students/<uuid:pk>/", people.student, name="student"),
    path("students/<uuid:pk>/guardians/", people.guardian_new, name="guardian_new"),
    path("guardians/<uuid:pk>/end/", people.guardian_end, name="guardian_end"),
    path("guardians/<uuid:pk>/restrict/", people.guardian_restrict, name="guardian_restrict"),
    path("staff/<uuid:pk>/", people.mentor, name="mentor"),
    path("staff/<uuid:pk>/record/", people.staff, name="staff"),
    path("staff/<uuid:pk>/exception/", people.exception_new, name="exception_new"),
    path("exceptions/<uuid:pk>/void/", people.exception_void, name="exception_void"),
    path("exceptions/<uuid:pk>/agree/", people.exception_agree, name="exception_agree"),
    path("exceptions/<uuid:pk>/refuse/", people.exception_refuse, name="exception_refuse"),
    path("own/", own.own_posts, name="own_posts"),
    path("own/", include(decision_paths(DECISIONS, "rosters:own_posts"))),
]
