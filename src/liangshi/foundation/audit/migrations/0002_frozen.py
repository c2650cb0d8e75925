from django.db import migrations

from liangshi.foundation.audit import triggers


class Migration(migrations.Migration):
    """The database itself refuses to change or delete an entry."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(triggers.install, triggers.remove)]
