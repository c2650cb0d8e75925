from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("needs", "0002_sealed")]

    operations = [
        migrations.AddField(
            model_name="need",
            name="asked_as",
            # Whoever asked before reads the answer under every hat.
            field=models.CharField(default="every", max_length=12, verbose_name="提出时的身份"),
            preserve_default=False,
        ),
    ]
