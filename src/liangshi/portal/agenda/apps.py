from importlib import import_module

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "liangshi.portal.agenda"
    label = "agenda"

    def ready(self) -> None:
        import_module(f"{self.name}.audit")
