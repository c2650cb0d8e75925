from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "liangshi.portal.dashboards"
    label = "dashboards"
