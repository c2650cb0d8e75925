from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "liangshi.portal.agenda"
    label = "agenda"
