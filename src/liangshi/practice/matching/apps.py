from importlib import import_module

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "liangshi.practice.matching"
    label = "matching"

    def ready(self) -> None:
        for module in ("audit", "rules"):
            import_module(f"{self.name}.{module}")
