"""Vendor files come out of node_modules without their source-map line."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from liangshi.foundation.ui.finders import NodeFinder


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "chart.js").write_bytes(b"let a=1;\n//# sourceMappingURL=chart.js.map\n")
    (tmp_path / "chart" / "chart.css").write_bytes(b"a{}/*# sourceMappingURL=chart.css.map */")
    return tmp_path


def test_finds_lists_and_strips(modules: Path) -> None:
    assets = {"vendor/chart.js": "chart/chart.js", "vendor/chart.css": "chart/chart.css"}
    with override_settings(NODE_MODULES=modules, NODE_ASSETS=assets):
        finder = NodeFinder()
        assert finder.find("vendor/chart.js") == str(modules / "chart/chart.js")
        assert finders.find("vendor/other.js") is None
        contents = {name: storage.open(name).read() for name, storage in finder.list(None)}
    assert contents == {"vendor/chart.js": b"let a=1;\n\n", "vendor/chart.css": b"a{}"}


def test_a_missing_package_stops_with_what_to_do(modules: Path) -> None:
    with override_settings(NODE_MODULES=modules, NODE_ASSETS={"vendor/x.js": "x/x.js"}):
        with pytest.raises(ImproperlyConfigured, match="npm ci"):
            list(NodeFinder().list(None))
        assert finders.find("vendor/x.js") is None
