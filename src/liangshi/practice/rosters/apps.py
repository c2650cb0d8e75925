from importlib import import_module

from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "liangshi.practice.rosters"
    label = "rosters"

    def ready(self) -> None:
        import_module("liangshi.practice.rosters.rules")
        import_module("liangshi.practice.rosters.tasks")
