from importlib import import_module

from django.apps import AppConfig


class GrowthConfig(AppConfig):
    name = "liangshi.practice.growth"
    label = "growth"

    def ready(self) -> None:
        for module in ("audit", "rules"):
            import_module(f"{self.name}.{module}")
