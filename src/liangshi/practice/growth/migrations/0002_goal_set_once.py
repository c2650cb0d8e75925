"""A goal carries the key of the form it came from; those that stand get one each."""

from typing import Any

from django.db import migrations, models

import liangshi.foundation.base.models


def give_keys(apps: Any, schema_editor: Any) -> None:
    goals = apps.get_model('growth', 'Goal').objects
    for pk in goals.values_list('pk', flat=True):
        goals.filter(pk=pk).update(once=liangshi.foundation.base.models.new_key())


class Migration(migrations.Migration):

    dependencies = [
        ('growth', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='goal',
            name='once',
            field=models.UUIDField(default=liangshi.foundation.base.models.new_key, editable=False, verbose_name='防重复'),
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(fields=('student', 'once'), name='goal_set_once'),
        ),
    ]
