from typing import Any

from django.db import migrations, models

from liangshi.foundation.base.wall import everywhere


def named(apps: Any, schema_editor: Any) -> None:
    """One grade becomes a set of one; none stays none, which is all."""
    events = apps.get_model("schools", "CalendarEvent").objects
    with everywhere("the calendars of all schools are kept in another way"):
        for pk, entry in events.filter(entry_year__isnull=False).values_list("pk", "entry_year"):
            events.filter(pk=pk).update(entry_years=[entry])


def first_named(apps: Any, schema_editor: Any) -> None:
    """Backwards an entry keeps the newest of its grades: there was room for one."""
    events = apps.get_model("schools", "CalendarEvent").objects
    with everywhere("the calendars of all schools are kept in another way"):
        for pk, entries in events.values_list("pk", "entry_years"):
            if entries:
                events.filter(pk=pk).update(entry_year=entries[0])


class Migration(migrations.Migration):
    dependencies = [("schools", "0002_workday")]

    operations = [
        migrations.RemoveConstraint(model_name="calendarevent", name="event_of_one_grade_names_it"),
        migrations.AddField(
            model_name="calendarevent",
            name="entry_years",
            field=models.JSONField(blank=True, default=list, verbose_name="只针对哪几级"),
        ),
        migrations.RunPython(named, first_named),
        migrations.RemoveField(model_name="calendarevent", name="entry_year"),
        migrations.AddConstraint(
            model_name="calendarevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["gaokao", "subjects"]), _negated=True),
                    models.Q(("entry_years", []), _negated=True),
                    _connector="OR",
                ),
                name="event_of_one_grade_names_it",
            ),
        ),
    ]
