from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "liangshi.foundation.base"
    label = "base"
