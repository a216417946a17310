"""The whole web application for a test: ``site`` over SQLite, ``either_site`` over each store."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.callcenter.whole_site import WholeSite


@pytest.fixture
def site(sqlite_district: Path, tmp_path: Path) -> Iterator[WholeSite]:
    shutil.copy(sqlite_district, tmp_path / "anxin.db")
    made = WholeSite(f"sqlite:///{tmp_path / 'anxin.db'}", tmp_path)
    yield made
    made.close()


@pytest.fixture
def either_site(district: str, tmp_path: Path) -> Iterator[WholeSite]:
    made = WholeSite(district, tmp_path)
    yield made
    made.close()
