"""All addresses. Each stands in its room's `policy.py`, or the server does not start."""

from django.urls import include, path

urlpatterns = [
    path("", include("liangshi.portal.home.urls")),
    path("", include("liangshi.portal.dossier.urls")),
    path("", include("liangshi.portal.dashboards.urls")),
    path("rosters/", include("liangshi.practice.rosters.urls")),
    path("rounds/", include("liangshi.practice.matching.urls")),
    path("needs/", include("liangshi.practice.needs.urls")),
    path("waiting/", include("liangshi.practice.waiting.urls")),
    path("relations/", include("liangshi.practice.relations.urls")),
    path("rollover/", include("liangshi.practice.rollover.urls")),
    path("talks/", include("liangshi.practice.talks.urls")),
    path("growth/", include("liangshi.practice.growth.urls")),
    path("burden/", include("liangshi.oversight.burden.urls")),
    path("agenda/", include("liangshi.portal.agenda.urls")),
]
handler400 = "liangshi.portal.home.views.bad_request"
handler403 = "liangshi.portal.home.views.forbidden"
handler404 = "liangshi.portal.home.views.not_found"
handler500 = "liangshi.foundation.ui.errors.server_error"
