import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_rounds_in_programmes")]

    operations = [
        migrations.RemoveField(model_name="round", name="cohorts"),
        migrations.AlterField(
            model_name="round",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="matching.programme"
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("programme", "seq"), name="round_seq_once_in_programme"),
        ),
    ]
