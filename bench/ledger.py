# SPDX-License-Identifier: Apache-2.0
"""The ledger beside pymerkle (tree in memory) and bare SQLite (synchronous FULL), 100 records a commit.

Run: ``python bench/ledger.py [records]`` (default 100,000). One JSON object on one line, last. Bare SQLite writes the
same rows, ready made, into one table and nothing else: no id to look up, no leaf, no salt, no tree, no signature.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pymerkle

from truceline.ledger.body import write_body
from truceline.ledger.merkle import Tree, leaf_hash
from truceline.model.record import Record
from truceline.store import Store, audit

BATCH = 100
PROOFS = 5_000


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def records(count: int) -> list[Record]:
    """Return detections such as a fire file gives."""
    return [
        Record(
            "detection",
            {
                "sensor": "noaa-20", "family": "viirs", "source": "firms", "file": "fires.csv", "line": n,
                "lon": round(22 + n % 1800 / 100, 5), "lat": round(44 + n % 800 / 100, 5),
                "time": f"2026-04-{1 + n % 28:02d}T{n % 24:02d}:12:00Z", "sigma_major_m": 210.5, "sigma_minor_m": 187.5,
                "bearing_deg": 12.5, "frp": round(n % 997 / 10, 2), "confidence": "n",
            },
        )
        for n in range(count)
    ]  # fmt: skip


def bare_sqlite(path: Path, rows: list[tuple[int, str, str, str]]) -> None:
    """Write the rows, 100 a commit, each commit synced."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE record (idx INTEGER PRIMARY KEY, kind TEXT, id TEXT, body TEXT) STRICT")
    for at in range(0, len(rows), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", rows[at : at + BATCH])
        connection.execute("COMMIT")
    connection.close()


def trees(count: int) -> dict[str, float]:
    """Compare the trees: appends and proofs of inclusion a second."""
    leaves = [b"%0200d" % n for n in range(count)]
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    told = {"pymerkle_appends_per_s": count / seconds(lambda: [theirs.append_entry(leaf) for leaf in leaves])}
    ours = Tree()
    told["tree_appends_per_s"] = count / seconds(
        lambda: [ours.extend(map(leaf_hash, leaves[at : at + BATCH])) for at in range(0, count, BATCH)]
    )
    assert ours.root() == theirs.get_root(count)
    asked = [n * 7919 % count for n in range(PROOFS)]
    told["pymerkle_proofs_per_s"] = PROOFS / seconds(lambda: [theirs.prove_inclusion(n + 1) for n in asked])
    told["tree_proofs_per_s"] = PROOFS / seconds(lambda: [ours.inclusion(n) for n in asked])
    return told


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    told: dict[str, float | int | str] = {"bench": "ledger", "records": count, "batch": BATCH, **trees(count)}
    made = records(count)
    rows = [(n, record.kind, record.id, write_body(record.body).decode()) for n, record in enumerate(made)]
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        told["bare_sqlite_per_s"] = count / seconds(lambda: bare_sqlite(top / "bare.db", rows))
        with Store.open(top / "out", keys=top / "keys", origin="bench") as store:
            spent = seconds(lambda: [store.append(made[at : at + BATCH]) for at in range(0, count, BATCH)])
            told["appends_per_s"] = count / spent
            told["publish_s"] = seconds(store.publish)
        told["audit_s_per_100k"] = seconds(lambda: audit(top / "out", store.vkey)) / count * 100_000
        with Store.open(top / "one", keys=top / "keys", origin="bench") as store:
            told["append_10k_at_once_s"] = seconds(lambda: store.append(made[:10_000]))
    told["of_bare_sqlite"] = told["appends_per_s"] / told["bare_sqlite_per_s"]
    told["tree_times_pymerkle"] = told["tree_appends_per_s"] / told["pymerkle_appends_per_s"]
    told["proofs_times_pymerkle"] = told["tree_proofs_per_s"] / told["pymerkle_proofs_per_s"]
    print(json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in told.items()}))


if __name__ == "__main__":
    main()
