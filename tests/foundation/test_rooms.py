"""What an app of the house is to Django."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps

from liangshi.foundation.base.rooms import DECLARING, Room, rooms_of


def test_every_app_of_ours_that_declares_something_is_a_room() -> None:
    """Django falls back on a plain AppConfig without a word when an `apps.py` offers it two."""
    ours = [config for config in apps.get_app_configs() if config.name.startswith("liangshi.")]
    assert [
        config.name
        for config in ours
        if not isinstance(config, Room) and any(find_spec(f"{config.name}.{name}") for name in DECLARING)
    ] == []
    assert len([config for config in ours if isinstance(config, Room)]) >= 17


def floor(path: Path, monkeypatch: pytest.MonkeyPatch, **rooms: str) -> str:
    """A floor of its own, whose rooms' apps.py are written so."""
    name = f"floor_{path.name}"
    (path / name).mkdir()
    (path / name / "__init__.py").touch()
    for room, text in rooms.items():
        (path / name / room).mkdir()
        (path / name / room / "__init__.py").touch()
        (path / name / room / "apps.py").write_text(
            f"from liangshi.foundation.base.rooms import Room\n\n\n{text.format(name=f'{name}.{room}')}\n"
        )
    monkeypatch.syspath_prepend(str(path))
    return name


ONE = "class One(Room):\n    name = '{name}'\n    label = 'one'\n    place = 20\n"
TWO = "class Two(Room):\n    name = '{name}'\n    label = 'two'\n    place = 10\n    address = ''\n"


def test_rooms_are_found_and_stand_by_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = floor(tmp_path, monkeypatch, one=ONE, two=TWO)
    assert rooms_of(name) == [f"{name}.two", f"{name}.one"]
    assert (apps.get_app_config("talks").address, apps.get_app_config("matching").address) == (
        "talks/",
        "rounds/",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE.replace("    place = 20\n", ""), "its place, 0, is none or taken"),
        (TWO.replace("10", "20"), "its place, 20, is none or taken"),
        ("", "declares no Room"),
    ],
)
def test_what_is_no_room_of_its_own_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    name = floor(tmp_path, monkeypatch, one=ONE, two=text)
    with pytest.raises(ValueError, match=said):
        rooms_of(name)
