from importlib import import_module

from django.apps import AppConfig


class BurdenConfig(AppConfig):
    name = "liangshi.oversight.burden"
    label = "burden"

    def ready(self) -> None:
        import_module(f"{self.name}.audit")
