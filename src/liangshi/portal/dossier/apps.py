from django.apps import AppConfig


class DossierConfig(AppConfig):
    name = "liangshi.portal.dossier"
    label = "dossier"
