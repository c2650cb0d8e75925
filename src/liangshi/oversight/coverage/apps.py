from importlib import import_module

from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "liangshi.oversight.coverage"
    label = "coverage"

    def ready(self) -> None:
        import_module("liangshi.oversight.coverage.tasks")
