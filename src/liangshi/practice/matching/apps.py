from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "liangshi.practice.matching"
    label = "matching"
