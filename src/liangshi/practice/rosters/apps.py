from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "liangshi.practice.rosters"
    label = "rosters"
