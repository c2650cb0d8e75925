"""The figures of schools. No page here names a student or a teacher."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liangshi.foundation.ui.charts import Chart, Series
from liangshi.foundation.ui.pages import found
from liangshi.oversight.coverage.queries import school_figures, total
from liangshi.portal.dashboards import queries
from liangshi.portal.dashboards.tables import SchoolFilter, SchoolTable, tone_of
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.lists import list_page


@require_safe
def schools(request: ActorRequest) -> HttpResponse:
    chosen = SchoolFilter(request.GET, school_figures(request.actor))
    table = SchoolTable(chosen.rows)
    return list_page(
        request,
        "dashboards/schools.html",
        table,
        {"filter": chosen, "total": total(chosen.rows)},
        excel=True,
        per_page=100,
    )


@require_safe
def school(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.figures_of(request.actor, pk))
    grades = [grade for grade in row.grades if grade.share.active]
    chart = Chart(
        "grades",
        "各年级有导师的学生",
        [grade.name for grade in grades],
        [Series("比例", [grade.share.percent for grade in grades])],
        unit="%",
    )
    context = {
        "row": row,
        "tone": tone_of(row),
        "chart": chart if grades else None,
        "grants_url": address(request.actor, "dashboards:school_grants", pk),
        "back_url": address(request.actor, "dashboards:schools"),
    }
    return render(request, "dashboards/school.html", context)
