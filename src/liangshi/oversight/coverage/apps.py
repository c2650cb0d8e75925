from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "liangshi.oversight.coverage"
    label = "coverage"
