"""WCAG 2.2 AA: 4.5 for text, 3 for what bounds a control or draws a line of a chart."""

import re
from pathlib import Path

import pytest

TEXT, SHAPE = 4.5, 3.0
PAIRS = [
    *[
        (ink, paper, TEXT)
        for ink in ("ink", "ink-soft")
        for paper in ("paper", "paper-deep", "sheet", "strong-wash")
    ],
    *[(tone, f"{tone}-wash", TEXT) for tone in ("good", "info", "warn", "bad", "quiet")],
    *[("ink", f"{tone}-wash", TEXT) for tone in ("good", "info", "warn", "bad", "quiet")],
    *[("strong", paper, TEXT) for paper in ("paper", "sheet", "strong-wash")],
    ("strong-deep", "strong-wash", TEXT),
    ("strong-deep", "paper-deep", TEXT),
    ("on-strong", "strong", TEXT),
    ("on-strong", "strong-deep", TEXT),
    ("on-seal", "seal", TEXT),
    ("on-seal", "seal-deep", TEXT),
    ("seal", "sheet", TEXT),
    ("bad", "sheet", TEXT),
    ("line-strong", "sheet", SHAPE),
    ("line-strong", "paper", SHAPE),
    ("strong", "paper-deep", SHAPE),
    *[(f"chart-{n}", "sheet", SHAPE) for n in range(1, 6)],
]


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    sheet = Path(__file__).resolve().parents[3] / "src/liangshi/foundation/ui/static/ui/css/tokens.css"
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", sheet.read_text()))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(tokens: dict[str, str], front: str, back: str, least: float) -> None:
    assert contrast(tokens[front], tokens[back]) >= least
