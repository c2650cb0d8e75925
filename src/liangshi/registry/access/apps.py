from importlib import import_module

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "liangshi.registry.access"
    label = "access"

    def ready(self) -> None:
        import_module("liangshi.registry.access.checks")
