"""Every notice is for a hat. What was told to a person before shows under all of his, until `home.0001_old_notices` knows more."""

from typing import Any

from django.db import migrations, models

EVERY_HAT = "every"


def for_every_hat(apps: Any, editor: Any) -> None:
    apps.get_model("notices", "Notice").objects.filter(role="").update(role=EVERY_HAT)


def for_no_hat(apps: Any, editor: Any) -> None:
    apps.get_model("notices", "Notice").objects.filter(role=EVERY_HAT).update(role="")


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [
        migrations.AddField("notice", "student", models.UUIDField(blank=True, null=True)),
        migrations.AlterField("notice", "role", models.CharField(max_length=12)),
        migrations.RunPython(for_every_hat, for_no_hat),
        migrations.AddConstraint(
            "notice", models.CheckConstraint(condition=models.Q(role__gt=""), name="notice_for_a_hat")
        ),
        migrations.AddConstraint(
            "notice",
            models.CheckConstraint(
                condition=models.Q(role=EVERY_HAT, person__isnull=False, school__isnull=True)
                | ~models.Q(role=EVERY_HAT)
                & (models.Q(person__isnull=False) | models.Q(school__isnull=False)),
                name="notice_for_somebody",
            ),
        ),
    ]
