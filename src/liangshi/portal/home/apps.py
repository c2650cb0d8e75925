from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "liangshi.portal.home"
    label = "home"
