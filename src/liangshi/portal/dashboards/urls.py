from django.urls import path

from liangshi.portal.dashboards.views import moments, org, schools, years

app_name = "dashboards"
urlpatterns = [
    path("schools", schools.schools, name="schools"),
    path("schools/<uuid:pk>", schools.school, name="school"),
    path("schools/<uuid:pk>/grants", org.school_grants, name="school_grants"),
    path("org", org.tree, name="org"),
    path("org/bureaus/new", org.bureau_new, name="bureau_new"),
    path("org/schools/new", org.school_new, name="school_new"),
    path("org/bureaus/<uuid:pk>/grants", org.bureau_grants, name="bureau_grants"),
    path("grants/<uuid:pk>/revoke", org.revoke, name="revoke"),
    path("moments", moments.moments, name="moments"),
    path("years", years.years, name="years"),
    path("years/new", years.year_new, name="year_new"),
    path("years/<uuid:pk>", years.year, name="year"),
    path("years/<uuid:pk>/terms/<int:seq>", years.term, name="term"),
    path("years/<uuid:pk>/events/new", years.event_new, name="event_new"),
    path("years/<uuid:pk>/events/<uuid:event>", years.event, name="event"),
    path("years/<uuid:pk>/events/<uuid:event>/withdraw", years.event_withdraw, name="event_withdraw"),
    path("years/<uuid:pk>/close", years.year_close, name="year_close"),
    path("years/<uuid:pk>/reopen", years.year_reopen, name="year_reopen"),
]
