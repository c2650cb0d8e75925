"""Serves chosen files of node_modules as static files, so that no bundler is needed."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

# Manifest storage stops at a map that was not copied, and nobody debugs a vendor's minified file.
SOURCE_MAP = re.compile(rb"(//|/\*)[#@]\s*sourceMappingURL=\S+(\s*\*/)?")


class NodeStorage(FileSystemStorage):
    """Reads the files named in NODE_ASSETS: {"vendor/echarts.min.js": "<path in node_modules>"}."""

    def path(self, name: str) -> str:
        return str(Path(settings.NODE_MODULES) / settings.NODE_ASSETS[name])

    def _open(self, name: str, mode: str = "rb") -> "ContentFile[bytes]":
        content = Path(self.path(name)).read_bytes()
        if name.endswith((".js", ".css")):
            content = SOURCE_MAP.sub(b"", content)
        return ContentFile(content, name)


class NodeFinder(BaseFinder):
    """Finds what NODE_ASSETS names. Raises ImproperlyConfigured when `npm ci` has not been run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = NodeStorage()
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in settings.NODE_ASSETS or not Path(self.storage.path(path)).is_file():
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, NodeStorage]]:
        for name in settings.NODE_ASSETS:
            if not Path(self.storage.path(name)).is_file():
                raise ImproperlyConfigured(
                    f"{self.storage.path(name)} is missing: run npm ci --ignore-scripts"
                )
            yield name, self.storage
