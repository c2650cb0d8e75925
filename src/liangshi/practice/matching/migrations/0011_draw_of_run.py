from typing import Any

from django.db import migrations, models


def keep_draw(apps: Any, _editor: Any) -> None:
    """What was computed from the present input was computed with the present draw."""
    runs = apps.get_model("matching", "Run").objects
    rounds = apps.get_model("matching", "Round").objects.exclude(draw="")
    for pk, commitment, draw in rounds.values_list("pk", "commitment", "draw"):
        runs.filter(round=pk, commitment=commitment).update(draw=draw)


class Migration(migrations.Migration):

    dependencies = [
        ("matching", "0010_club_led_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="draw",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="抽签号码"),
            preserve_default=False,
        ),
        migrations.RunPython(keep_draw, migrations.RunPython.noop),
    ]
