# SPDX-License-Identifier: Apache-2.0
"""A run cut short leaves a ledger that verifies; run again, it ends as an unbroken run does."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest


def start(out, keys, cwd):
    environment = {**os.environ, "TRUCELINE_KEYS": str(keys)}
    words = [sys.executable, "-m", "truceline", "demo", "--no-serve", "--out", str(out)]
    return subprocess.Popen(words, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def derived(folder):
    """Kinds and bodies of everything but the report, whose files differ in the random salts' root."""
    with sqlite3.connect(f"file:{folder}/truceline.db?mode=ro", uri=True) as db:
        return db.execute("SELECT kind, id FROM record WHERE kind != 'report' ORDER BY kind, id").fetchall()


def wait_for(out, kinds, process, until=60.0):
    """Wait until the ledger holds a record of one of the kinds, or the process ends."""
    end = time.monotonic() + until
    while time.monotonic() < end and process.poll() is None:
        try:
            with sqlite3.connect(f"file:{out}/truceline.db?mode=ro", uri=True, timeout=0.1) as db:
                if db.execute(f"SELECT 1 FROM record WHERE kind IN ({kinds}) LIMIT 1").fetchone():
                    return
        except sqlite3.Error:
            pass
        time.sleep(0.002)


def verify(command, folder, keys):
    return command("verify", folder, "--key", folder / "ledger" / "vkey", cwd=folder, keys=keys)


@pytest.mark.parametrize("kinds", ["'detection'", "'look'", "'event'", "'assessment'"])
def test_killed_in_the_middle_it_verifies_and_goes_on(command, tmp_path, demo, kinds):
    out, keys = tmp_path / "out", tmp_path / "keys"
    process = start(out, keys, tmp_path)
    wait_for(out, kinds, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    checked = verify(command, out, keys)
    assert checked.returncode == 0, checked.stderr
    again = command("demo", "--no-serve", "--out", out, cwd=tmp_path, keys=keys)
    assert again.returncode == 0, again.stderr
    assert verify(command, out, keys).returncode == 0
    assert derived(out) == derived(demo.folder)


def test_interrupted_by_hand_it_says_so_and_verifies(command, tmp_path):
    out, keys = tmp_path / "out", tmp_path / "keys"
    process = start(out, keys, tmp_path)
    wait_for(out, "'detection'", process)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "interrupted" in told
    assert "Traceback" not in told
    assert verify(command, out, keys).returncode == 0


def test_killed_at_any_moment(command, tmp_path, demo, proof_scale, figures):
    """Random instants: two here, two hundred in the whole proof."""
    rng = random.Random(7)
    expected = derived(demo.folder)
    for number in range(max(2, round(200 * proof_scale))):
        out, keys = tmp_path / f"out{number}", tmp_path / "keys"
        process = start(out, keys, tmp_path)
        wait_for(out, "'run'", process)
        time.sleep(rng.uniform(0, 2.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert verify(command, out, keys).returncode == 0
        assert command("demo", "--no-serve", "--out", out, cwd=tmp_path, keys=keys).returncode == 0
        assert derived(out) == expected
        shutil.rmtree(out)
    figures("whole run: SIGKILL at random instants, then resumed", {"kills": number + 1, "ledgers that failed": 0})


@pytest.mark.parametrize("moment", ["prepared", "sealed", "half shown", "all but the summary"])
def test_cut_short_while_publishing(command, tmp_path, demo, moment):
    """Whatever lies on the disk between sealing and showing the files, the ledger verifies and the run can go on."""
    out, keys = tmp_path / "out", tmp_path / "keys"
    shutil.copytree(demo.folder, out)
    shutil.copytree(demo.keys, keys)
    names = ["report.html", "report.pdf", "events.geojson", "events.csv", "page.json"]
    shown = {"prepared": 5, "sealed": 0, "half shown": 2, "all but the summary": 5}[moment]
    shutil.copy(out / "summary.json", out / ".summary.json.part")
    for name in names[shown:]:
        (out / name).rename(out / f".{name}.part")
    if moment != "prepared":
        (out / "summary.json").unlink()
    checked = verify(command, out, keys)
    assert checked.returncode == 0, checked.stderr
    assert ("cut short" in checked.stdout) == (moment != "prepared")
    assert command("demo", "--no-serve", "--out", out, cwd=tmp_path, keys=keys).returncode == 0
    again = verify(command, out, keys)
    assert "cut short" not in again.stdout
    assert not list(out.glob(".*.part"))


def test_going_back_to_an_earlier_run_verifies_too(command, tmp_path, repository):
    """Run, run with another line, run as at first: the files shown are those of the newest report each time."""
    out, keys = tmp_path / "out", tmp_path / "keys"
    other = repository / "examples" / "easter-truce-2026" / "data" / "line.geojson"
    for more in ((), ("--line", other), ()):
        assert command("demo", "--no-serve", "--out", out, *more, cwd=tmp_path, keys=keys).returncode == 0
        assert verify(command, out, keys).returncode == 0
