from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "liangshi.registry.people"
    label = "people"
