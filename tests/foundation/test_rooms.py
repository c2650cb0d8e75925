"""What an app of the house is to Django."""

from importlib.util import find_spec

from django.apps import apps

from liangshi.foundation.base.rooms import DECLARING, Room


def test_every_app_of_ours_that_declares_something_is_a_room() -> None:
    """Django falls back on a plain AppConfig without a word when an `apps.py` offers it two."""
    ours = [config for config in apps.get_app_configs() if config.name.startswith("liangshi.")]
    assert [
        config.name
        for config in ours
        if not isinstance(config, Room) and any(find_spec(f"{config.name}.{name}") for name in DECLARING)
    ] == []
    assert len([config for config in ours if isinstance(config, Room)]) >= 17
