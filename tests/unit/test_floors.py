# SPDX-License-Identifier: Apache-2.0
"""Imports go down only; the test can fail: it plants an upward import and sees it caught."""

import subprocess
import sys
from pathlib import Path

LINT = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_floors_hold(repository):
    done = lint(repository)
    assert done.returncode == 0, done.stdout


def test_every_room_stands_on_a_floor(repository):
    text = (repository / "pyproject.toml").read_text()
    source = repository / "src" / "truceline"
    rooms = {p.stem for p in source.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    missing = {room for room in rooms if not room.startswith("_") and f"truceline.{room}" not in text}
    assert not missing


def test_an_upward_import_is_caught(tmp_path, repository):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_package = "house"\n[[tool.importlinter.contracts]]\nname = "floors"\n'
        'type = "layers"\nlayers = ["house.upper", "house.lower"]\n'
    )
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "__init__.py").write_text("")
    (tmp_path / "house" / "upper.py").write_text("")
    (tmp_path / "house" / "lower.py").write_text("import house.upper\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert "house.lower" in done.stdout
