from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "liangshi.registry.accounts"
    label = "accounts"
