# SPDX-License-Identifier: Apache-2.0
"""Make ledger.json: a small ledger with a known key and known salts, its leaves, heads and proofs.

Run: ``python tests/vectors/ledger/make_ledger.py > tests/vectors/ledger/ledger.json``. Everything in it is fixed, so
another run gives the same bytes; ``check_ledger.mjs`` checks it with code that shares nothing with ours.
"""

from __future__ import annotations

import hashlib
import json

from truceline.base.canonical import canonical
from truceline.ledger.checkpoint import Checkpoint
from truceline.ledger.leaf import id_of, make_leaf
from truceline.ledger.merkle import Tree, leaf_hash
from truceline.ledger.note import Signer

BODIES = [
    ("run", {"watch": "example", "n": 0}),
    ("detection", {"lat": 47.8675, "lon": 35.16, "frp": 12.0, "time": "2026-04-11T23:01:00Z"}),
    ("detection", {"lat": 48.0, "lon": 36.5, "frp": 1e-7, "place": 'Куп\'янськ "схід"\n'}),
    ("look", {"start": None, "ok": True, "list": [1, 2.5, {"ö": "é", "a": "\u20ac"}]}),
    ("denial", {"\U0001f6f0": 1, "\ufb33": 2, "": 1e21}),
    ("event", {}),
    ("gap", {"hours": 9.75}),
]


def make() -> str:
    """Return the vectors as JSON text."""
    signer = Signer("example.org/vectors", hashlib.sha256(b"truceline vectors: not a secret").digest())
    tree, records, notes = Tree(), [], [Checkpoint(signer.name, 0, Tree().root()).sign(signer)]
    for index, (kind, value) in enumerate(BODIES):
        body = canonical(value)
        salts = hashlib.sha512(b"%d" % index).digest()[:48]
        leaf = make_leaf(kind, id_of(kind, body), body, salts)
        tree.extend([leaf_hash(leaf)])
        notes.append(Checkpoint(signer.name, tree.size, tree.root()).sign(signer))
        records.append(
            {"kind": kind, "id": id_of(kind, body), "body": body.decode(), "salts": salts.hex(), "leaf": leaf.decode()}
        )
    sizes = range(1, tree.size + 1)
    told = {
        "vkey": signer.verifier.vkey,
        "records": records,
        "checkpoints": notes,
        "inclusion": [
            {"index": index, "size": size, "proof": [step.hex() for step in tree.inclusion(index, size)]}
            for size in sizes
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "size": size, "proof": [step.hex() for step in tree.consistency(old, size)]}
            for size in sizes
            for old in range(1, size + 1)
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    print(make(), end="")
