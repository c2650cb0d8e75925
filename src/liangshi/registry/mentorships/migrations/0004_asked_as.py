from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mentorships", "0003_another_agrees")]

    operations = [
        migrations.AddField(
            model_name="ratioexception",
            name="asked_as",
            field=models.CharField(default="leader", max_length=12, verbose_name="提出时的身份"),
            preserve_default=False,
        ),
    ]
