# SPDX-License-Identifier: Apache-2.0
"""Watches made from simulated truces, for tests that go through the whole command."""

import json

from truceline.simulate import truce


def make(command, base, *, seed, scenario):
    """Write a simulated truce's files under ``base`` and make a watch of them."""
    files = base / f"files-{scenario}-{seed}"
    files.mkdir()
    for name, data in truce(seed, scenario).items():
        (files / name).write_bytes(data)
    folder = base / f"watch-{scenario}-{seed}"
    flags = {
        "--fires": "fires.csv",
        "--line": "line.geojson",
        "--satellite-days": "satellite_days.csv",
        "--cloud": "cloud.csv",
        "--claims": "claims.yaml",
    }
    words = [word for flag, name in flags.items() for word in (flag, files / name)]
    done = command("init", folder, *words, cwd=base, keys=base / "keys")
    assert done.returncode == 0, done.stderr
    return folder, files


def last_json(done):
    """The one JSON object that a command prints last."""
    return json.loads(done.stdout.strip().splitlines()[-1])
