from importlib import import_module

from django.apps import AppConfig


class TalksConfig(AppConfig):
    name = "liangshi.practice.talks"
    label = "talks"

    def ready(self) -> None:
        for module in ("audit", "rules", "tasks"):
            import_module(f"{self.name}.{module}")
