from django.apps import AppConfig


class MentorshipsConfig(AppConfig):
    name = "liangshi.registry.mentorships"
    label = "mentorships"
