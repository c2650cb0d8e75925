from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "liangshi.foundation.notices"
    label = "notices"
