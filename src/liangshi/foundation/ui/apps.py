from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "liangshi.foundation.ui"
    label = "ui"
    verbose_name = "界面"
