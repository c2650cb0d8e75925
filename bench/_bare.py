"""The bare view: signed in or not, one SELECT written by hand, and as many bytes as the page had. Nothing else.

It stands for what no page can do without: the session, the account, one trip to the database for rows that are text
enough, and the response. It has no rights, no template, no log.
"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROW = 60  # bytes that a row brings at least: a hexadecimal key, names, a date
SQL = """
    SELECT p.id, p.name, p.search, p.birth_date, s.school_no, s.aux_no
    FROM people_student s JOIN people_person p ON p.id = s.person_id
    ORDER BY s.id LIMIT %s
"""


def bare(request: HttpRequest, size: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    with connection.cursor() as cursor:
        cursor.execute(SQL, [size // ROW + 1])
        text = "\n".join("\t".join(map(str, row)) for row in cursor.fetchall())
    sent = text.encode()
    return HttpResponse(sent[:size] + b" " * (size - len(sent)))


urlpatterns = [path("bare/<int:size>", bare)]
