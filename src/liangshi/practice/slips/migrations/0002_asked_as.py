from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("slips", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="sliprequest",
            name="asked_as",
            # Whoever asked before reads the answer under every hat.
            field=models.CharField(default="every", max_length=12, verbose_name="提出时的身份"),
            preserve_default=False,
        ),
    ]
