from django.db.models.signals import post_migrate

from liangshi.foundation.base.rooms import Room
from liangshi.foundation.base.tables import demanded


class AuditConfig(Room):
    name = "liangshi.foundation.audit"
    label = "audit"

    def ready(self) -> None:
        super().ready()
        from liangshi.foundation.audit import triggers

        demanded(triggers.demand_triggers)
        post_migrate.connect(triggers.build, sender=self)
