# SPDX-License-Identifier: Apache-2.0
"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent
REQUIRE_ALL = os.environ.get("TRUCELINE_REQUIRE_ALL") == "1"
PROVE = os.environ.get("TRUCELINE_PROVE") == "1"

settings.register_profile(
    "truceline",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("truceline")


def _missing(reason: str) -> None:
    """Skip, saying why; where everything is required, fail."""
    if REQUIRE_ALL:
        pytest.fail(f"required here, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared data that may not be copied into the repository."""
    root = Path(os.environ.get("TRUCELINE_SHARED") or REPOSITORY.parent / "shared")
    data = root / "data" if (root / "data").is_dir() else root
    if not (data / "line_of_contact_20260411.geojson").is_file():
        _missing(f"the shared data is not at {root} (set TRUCELINE_SHARED)")
    return data


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a chromium."""
    found = os.environ.get("TRUCELINE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        _missing("there is no chromium on this machine")
    return str(found)


@pytest.fixture(scope="session")
def proof_scale() -> float:
    """One per cent in `make test`, the whole in `make prove`."""
    return 1.0 if PROVE else 0.01
