from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('matching', '0002_sealed'),
    ]

    operations = [
        migrations.RenameField('avoidance', 'relative', 'barred'),
        migrations.AlterField(
            model_name='avoidance',
            name='barred',
            field=models.BooleanField(default=False, verbose_name='一律不能安排'),
        ),
        migrations.AlterField(
            model_name='placement',
            name='withheld',
            field=models.CharField(blank=True, choices=[('left', '已离校或休学'), ('arranged', '已另有导师'), ('mentor_out', '排到的老师已不任导师'), ('not_given', '排到的老师不能带这名学生')], max_length=10, verbose_name='没有生效'),
        ),
    ]
