"""Another order of the tests: `--shuffle 7`. The same number gives the same order on every worker."""

from __future__ import annotations

import random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shuffle", type=int, metavar="SEED", help="run the files, and the tests in each, in another order"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files stay together, so that what a file builds for all its tests is built once."""
    seed = config.getoption("--shuffle")
    if seed is not None:
        items.sort(key=lambda item: [chance(seed, item.nodeid.partition("::")[0]), chance(seed, item.nodeid)])


def chance(seed: int, name: str) -> float:
    return random.Random(f"{seed} {name}").random()
