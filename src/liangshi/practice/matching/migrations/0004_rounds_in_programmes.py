from typing import Any

from django.db import migrations

STATE_OF = {"draft": "draft", "feasible": "feasible", "proposed": "ready", "published": "settled", "void": "aborted"}


def wrap(apps: Any, schema_editor: Any) -> None:
    """A round that stands alone becomes a programme of one."""
    programmes = apps.get_model("matching", "Programme")
    for row in apps.get_model("matching", "Round").objects.all():
        made = programmes.objects.create(
            school_id=row.school_id,
            year_id=row.year_id,
            title=row.title,
            state=STATE_OF.get(row.state, "running"),
            published_at=row.published_at,
            abort_reason=row.void_reason,
        )
        made.cohorts.set(row.cohorts.all())
        row.programme = made
        row.seq = 1
        row.save(update_fields=["programme", "seq"])


def unwrap(apps: Any, schema_editor: Any) -> None:
    for row in apps.get_model("matching", "Round").objects.all():
        row.cohorts.set(row.programme.cohorts.all())


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_programmes")]

    operations = [migrations.RunPython(wrap, unwrap)]
