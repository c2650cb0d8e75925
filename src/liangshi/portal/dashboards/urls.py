from django.urls import path

from liangshi.portal.dashboards.views import grants, moments, org, schools, years

app_name = "dashboards"
urlpatterns = [
    path("schools", schools.schools, name="schools"),
    path("schools/<uuid:pk>", schools.school, name="school"),
    path("schools/<uuid:pk>/grants", grants.school_grants, name="school_grants"),
    path("schools/<uuid:pk>/grants/new", grants.school_grant_new, name="school_grant_new"),
    path("org", org.tree, name="org"),
    path("org/bureaus/new", org.bureau_new, name="bureau_new"),
    path("org/schools/new", org.school_new, name="school_new"),
    path("org/bureaus/<uuid:pk>/grants", grants.bureau_grants, name="bureau_grants"),
    path("org/bureaus/<uuid:pk>/grants/new", grants.bureau_grant_new, name="bureau_grant_new"),
    path("grants/<uuid:pk>/extend", grants.extend, name="grant_extend"),
    path("grants/<uuid:pk>/replace", grants.replace, name="grant_replace"),
    path("grants/<uuid:pk>/end", grants.end, name="grant_end"),
    path("grants/<uuid:pk>/resign", grants.resign, name="grant_resign"),
    path("grants/<uuid:pk>/code", grants.code, name="grant_code"),
    path("proposals/<uuid:pk>/agree", grants.agree, name="proposal_agree"),
    path("proposals/<uuid:pk>/refuse", grants.refuse, name="proposal_refuse"),
    path("proposals/<uuid:pk>/withdraw", grants.withdraw, name="proposal_withdraw"),
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
