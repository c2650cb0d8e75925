from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "liangshi.registry.schools"
    label = "schools"
