"""选科 and 高考 are entered for one grade: entries for the whole school become 高一's and 高三's."""

from typing import Any

from django.db import migrations, models

STEPS = {'subjects': 0, 'gaokao': 2}


def name_the_grade(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model('schools', 'CalendarEvent').objects
    for row in entries.filter(kind__in=STEPS, entry_year__isnull=True).select_related('year'):
        entries.filter(pk=row.pk).update(entry_year=row.year.start_year - STEPS[row.kind])


class Migration(migrations.Migration):

    dependencies = [
        ('schools', '0003_year_in_force'),
    ]

    operations = [
        migrations.RunPython(name_the_grade, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='calendarevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['gaokao', 'subjects']), _negated=True), ('entry_year__isnull', False), _connector='OR'), name='event_of_one_grade_names_it'),
        ),
    ]
