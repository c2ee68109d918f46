# SPDX-License-Identifier: Apache-2.0
"""What every test may ask for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
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


def truceline(*words: object, cwd: Path, keys: Path, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own."""
    environment = {**os.environ, "TRUCELINE_KEYS": str(keys)}
    return subprocess.run(
        [sys.executable, "-m", "truceline", *map(str, words)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@dataclass(frozen=True)
class Made:
    """A finished run on disk."""

    folder: Path
    keys: Path
    printed: str

    @property
    def summary(self) -> dict:
        return json.loads((self.folder / "summary.json").read_text())


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Made:
    """The main job, as a stranger's machine runs it: with the line of towns alone."""
    base = tmp_path_factory.mktemp("demo")
    done = truceline("demo", "--no-serve", "--out", base / "out", cwd=base, keys=base / "keys")
    assert done.returncode == 0, done.stderr
    return Made(base / "out", base / "keys", done.stdout)


@pytest.fixture(scope="session")
def demo_folder(demo) -> Path:
    return demo.folder


@pytest.fixture(scope="session")
def precise(tmp_path_factory, shared_data) -> Made:
    """The main job with the precise line first and the line of towns beside it."""
    base = tmp_path_factory.mktemp("precise")
    line = shared_data / "line_of_contact_20260411.geojson"
    done = truceline("demo", "--no-serve", "--out", base / "out", "--line", line, cwd=base, keys=base / "keys")
    assert done.returncode == 0, done.stderr
    return Made(base / "out", base / "keys", done.stdout)


@pytest.fixture(scope="session")
def command():
    return truceline


@pytest.fixture
def figures():
    """Keeps a proof's figures where `make prove` collects them."""
    path = os.environ.get("TRUCELINE_FIGURES")

    def keep(name: str, values: dict) -> None:
        if path:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"proof": name, **values}) + "\n")

    return keep
