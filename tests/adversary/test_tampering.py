# SPDX-License-Identifier: Apache-2.0
"""A hostile hand in the results: every change is found, and the record or file is named."""

import json
import shutil
import sqlite3

import pytest


@pytest.fixture
def copy(demo, tmp_path):
    folder = tmp_path / "out"
    shutil.copytree(demo.folder, folder)
    return folder


def verify(command, folder, demo, *more):
    vkey = (demo.folder / "ledger" / "vkey").read_text().strip()
    return command("verify", folder, "--key", vkey, *more, cwd=folder, keys=demo.keys)


def alter(folder, statement, *values):
    """What one who owns the file can do: drop the triggers that keep the tables append-only, then write."""
    with sqlite3.connect(folder / "truceline.db") as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        assert db.execute(statement, values).rowcount > 0


def test_a_changed_body_is_named(command, copy, demo):
    with sqlite3.connect(copy / "truceline.db") as db:
        index, body = db.execute("SELECT idx, body FROM record WHERE kind = 'detection' LIMIT 1 OFFSET 100").fetchone()
    value = json.loads(body)
    value["lon"] += 0.5
    alter(
        copy,
        "UPDATE record SET body = ? WHERE idx = ?",
        json.dumps(value, sort_keys=True, separators=(",", ":")),
        index,
    )
    done = verify(command, copy, demo)
    assert done.returncode == 1
    assert str(index) in done.stderr


def test_a_changed_kind_is_named(command, copy, demo):
    alter(copy, "UPDATE record SET kind = 'rejected' WHERE idx = 200")
    done = verify(command, copy, demo)
    assert done.returncode == 1
    assert "200" in done.stderr


def test_a_dropped_record_is_named(command, copy, demo):
    alter(copy, "DELETE FROM record WHERE idx = 300")
    done = verify(command, copy, demo)
    assert done.returncode == 1
    assert "300" in done.stderr


@pytest.mark.parametrize("name", ["checkpoint", "tile"])
def test_a_flipped_bit_in_the_published_ledger_is_found(command, copy, demo, name):
    path = copy / "ledger" / name
    if path.is_dir():
        path = min(p for p in path.rglob("*") if p.is_file())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    assert verify(command, copy, demo).returncode == 1


def test_another_key_is_refused(command, copy, demo, tmp_path):
    other = command("demo", "--no-serve", "--out", tmp_path / "other", cwd=tmp_path, keys=tmp_path / "otherkeys")
    assert other.returncode == 0
    done = command("verify", copy, "--key", tmp_path / "other" / "ledger" / "vkey", cwd=copy, keys=demo.keys)
    assert done.returncode == 1
    assert "key" in done.stderr.lower()


@pytest.mark.parametrize(
    "name", ["report.html", "report.pdf", "events.csv", "events.geojson", "page.json", "summary.json"]
)
def test_a_changed_file_is_named(command, copy, demo, name):
    path = copy / name
    data = path.read_bytes().replace(b"1", b"7", 1)
    assert data != path.read_bytes()
    path.write_bytes(data)
    done = verify(command, copy, demo)
    assert done.returncode == 1
    assert name in done.stderr


def test_a_record_the_stages_do_not_make_is_found_by_replay(copy, demo):
    """Whoever holds the signing key can write any record; only running the stages again shows it."""
    from truceline.errors import ReplayMismatch
    from truceline.model.record import Record
    from truceline.store import Store, audit
    from truceline.watch import replay

    vkey = (demo.folder / "ledger" / "vkey").read_text().strip()
    found = audit(copy, vkey)
    bodies = {index: (kind, body) for index, kind, _, body in found.records()}
    report = next(body for index, (kind, body) in sorted(bodies.items(), reverse=True) if kind == "report")
    start = report["outputs"]["event"][0][0]
    forged = dict(bodies[start][1], frp_mw=999.0)
    with Store.open(copy, keys=demo.keys, origin="truceline/easter-truce-2026") as store:
        (index,) = store.append([Record("event", forged)])
        outputs = {**report["outputs"], "event": [*report["outputs"]["event"], [index, index]]}
        store.append([Record("report", {**report, "outputs": outputs})])
    with pytest.raises(ReplayMismatch) as caught:
        replay(audit(copy, vkey))
    assert str(index) in str(caught.value)
