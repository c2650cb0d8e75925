from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "liangshi.portal.demo"
    label = "demo"
