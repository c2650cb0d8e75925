from importlib import import_module

from django.apps import AppConfig


class RelationsConfig(AppConfig):
    name = "liangshi.practice.relations"
    label = "relations"

    def ready(self) -> None:
        for module in ("audit", "rules", "tasks"):
            import_module(f"{self.name}.{module}")
