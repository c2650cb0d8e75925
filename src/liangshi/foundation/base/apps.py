from django.db.models.signals import post_migrate

from liangshi.foundation.base.postgresql.policies import build
from liangshi.foundation.base.rooms import Room


class BaseConfig(Room):
    name = "liangshi.foundation.base"
    label = "base"

    def ready(self) -> None:
        super().ready()
        post_migrate.connect(build, sender=self)
