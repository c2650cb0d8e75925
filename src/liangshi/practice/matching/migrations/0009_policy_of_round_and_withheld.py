from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def keep_policy(apps: Any, _editor: Any) -> None:
    """Rounds that were opened are computed by the policy that their programme names."""
    programmes = apps.get_model("matching", "Programme").objects.filter(policy__isnull=False)
    rounds = apps.get_model("matching", "Round").objects.filter(opened_at__isnull=False)
    for programme, policy in programmes.values_list("pk", "policy"):
        rounds.filter(programme=programme).update(policy=policy)


class Migration(migrations.Migration):

    dependencies = [
        ("matching", "0008_run_error_whole"),
    ]

    operations = [
        migrations.AddField(
            model_name="placement",
            name="withheld",
            field=models.CharField(
                blank=True,
                choices=[("left", "已离校或休学"), ("arranged", "已另有导师"), ("mentor_out", "排到的老师已不任导师")],
                default="",
                max_length=10,
                verbose_name="没有生效",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="round",
            name="policy",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="matching.policy"
            ),
        ),
        migrations.RunPython(keep_policy, migrations.RunPython.noop),
    ]
