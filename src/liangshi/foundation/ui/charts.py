"""What a chart shows. The page also carries the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Series:
    name: str
    values: Sequence[float | int | None]


@dataclass(frozen=True)
class Chart:
    """A bar or line chart. `id` is unique on the page; every series has one value per category.

    `horizontal` turns bars sideways, for long names such as schools'. Raises ValueError on a series of
    the wrong length.
    """

    id: str
    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    kind: Literal["bar", "line"] = "bar"
    unit: str = ""
    horizontal: bool = False

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.categories):
                raise ValueError(
                    f"{series.name}: {len(series.values)} values, {len(self.categories)} categories"
                )

    @property
    def data(self) -> dict[str, Any]:
        """For charts.js, through json_script."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "horizontal": self.horizontal,
            "categories": list(self.categories),
            "series": [{"name": s.name, "values": list(s.values)} for s in self.series],
        }

    @property
    def rows(self) -> list[tuple[str, list[float | int | None]]]:
        """For the table: each category with its value per series."""
        return [(name, [s.values[i] for s in self.series]) for i, name in enumerate(self.categories)]
