# SPDX-License-Identifier: Apache-2.0
"""C-1: a writer killed at any instant loses nothing it acknowledged, leaves a ledger that verifies, and can resume."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from truceline.errors import InputError, StateError
from truceline.model.record import Record
from truceline.store import Store, audit, read_vkey

ORIGIN = "example.org/killed"

WRITER = """
import json, random, sys
from pathlib import Path
from truceline.model.record import Record
from truceline.store import Store
folder, keys, origin, seed = sys.argv[1:]
rng = random.Random(int(seed))
print("started", flush=True)
with Store.open(Path(folder), keys=Path(keys), origin=origin) as store:
    print("opened", flush=True)
    at = 0
    while at < 20000:
        count = rng.choice((1, 3, 50, 300))
        batch = [Record("detection", {"n": n, "text": "x" * (n * 37 % 900)}) for n in range(at, at + count)]
        indices = store.append(batch)
        print(json.dumps([[record.id, index] for record, index in zip(batch, indices)]), flush=True)
        at += count
        if rng.random() < .2:
            store.publish()
"""


def run_and_kill(folder, keys, seed):
    """Start a writer, kill it at a random instant, and return id -> index of everything it acknowledged."""
    rng = random.Random(seed)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(keys), ORIGIN, str(seed)], stdout=subprocess.PIPE
    )
    with process:
        # One in four dies while it opens or begins the ledger, the others while they write.
        wanted = b"started" if seed % 4 == 3 else b"["
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith(wanted):
                break
        time.sleep(rng.random() * (0.03 if wanted == b"started" else 0.25))
        os.kill(process.pid, signal.SIGKILL)
        lines += process.stdout.readlines()
    assert process.returncode in (-signal.SIGKILL, 0)
    acknowledged = {}
    for line in lines:
        if line.startswith(b"[") and line.endswith(b"\n"):
            acknowledged.update(dict(json.loads(line)))
    return acknowledged


def test_killed_at_random_instants(tmp_path, proof_scale, figures):
    kills = max(2, round(200 * proof_scale))
    acknowledged, vkey = {}, None
    for number in range(kills):
        folder, keys = tmp_path / f"out{number // 8}", tmp_path / "keys"
        if number % 8 == 0:
            acknowledged = {}
        acknowledged.update(run_and_kill(folder, keys, number))
        try:
            vkey = read_vkey(folder / "ledger" / "vkey")
            found = audit(folder, vkey)
        except InputError:
            # Killed before there was a ledger at all.
            assert not acknowledged
            assert not (folder / "truceline.db").exists()
            continue
        held = {id_: index for index, _, id_, _ in found.records()}
        assert acknowledged.items() <= held.items()
        assert sorted(held.values()) == list(range(found.size))
    with Store.open(folder, keys=keys, origin=ORIGIN) as store:
        again = [Record("detection", {"n": n, "text": "x" * (n * 37 % 900)}) for n in range(2000)]
        indices = dict(zip([record.id for record in again], store.append(again), strict=True))
        assert all(indices.get(id_, index) == index for id_, index in acknowledged.items())
    found = audit(folder, vkey)
    assert found.published == found.size >= 2000
    assert [body["n"] for _, _, _, body in found.records()][:2000] == list(range(2000))
    figures("store: SIGKILL at random instants (C-1)", {"kills": kills, "acknowledged records lost": 0})


def test_two_processes_at_once(tmp_path):
    folder, keys = tmp_path / "out", tmp_path / "keys"
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(keys), ORIGIN, "1"], stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout.readline() == b"started\n"
        assert process.stdout.readline() == b"opened\n"
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(StateError, match="another process"):
            Store.open(folder, keys=keys, origin=ORIGIN)
        process.send_signal(signal.SIGCONT)
        # An audit beside the living writer sees a whole ledger, too.
        vkey = read_vkey(folder / "ledger" / "vkey")
        sizes = [audit(folder, vkey).size for _ in range(3)]
        assert 0 < sizes[0] <= sizes[1] <= sizes[2]
        process.kill()
    with Store.open(folder, keys=keys, origin=ORIGIN) as store:
        assert store.size >= sizes[2]


FULL = """
import json, resource, sys
from pathlib import Path
from truceline.errors import UnavailableError
from truceline.model.record import Record
from truceline.store import Store
folder, keys, origin = sys.argv[1:]
batches = [[Record("detection", {"n": n, "x": "y" * 2000}) for n in range(a, a + 40)] for a in range(0, 4000, 40)]
with Store.open(Path(folder), keys=Path(keys), origin=origin) as store:
    store.append(batches[0])
    resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, resource.RLIM_INFINITY))
    done, failure = 1, None
    for batch in batches[1:]:
        try:
            store.append(batch)
            done += 1
        except UnavailableError as error:
            failure = str(error)
            break
    held = store.size
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert store.append(batches[0]) == list(range(40))
    if sys.argv[0] == "-c":
        indices = store.append(batches[done])
print(json.dumps({"done": done, "failure": failure, "held": held, "indices": indices}))
"""


def test_a_full_disk(tmp_path):
    """No batch is half there, nothing is acknowledged that is not, and the same store goes on once there is room."""
    folder, keys = tmp_path / "out", tmp_path / "keys"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(folder), str(keys), ORIGIN], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["failure"]
    assert told["held"] == told["done"] * 40
    assert told["indices"] == list(range(told["held"], told["held"] + 40))
    found = audit(folder, read_vkey(folder / "ledger" / "vkey"))
    assert found.size == found.published == told["held"] + 40
