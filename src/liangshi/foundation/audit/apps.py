from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "liangshi.foundation.audit"
    label = "audit"
