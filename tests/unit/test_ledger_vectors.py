# SPDX-License-Identifier: Apache-2.0
"""Known answers: RFC 6962's tree as others publish it, and a small ledger that a second implementation checks."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess

import pytest

from truceline.errors import TrustError
from truceline.ledger.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from truceline.ledger.note import Verifier
from truceline.ledger.verify import verify_checkpoints, verify_record, verify_rows

# The reference inputs and roots of Certificate Transparency's own tests.
INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.fixture(scope="module")
def vectors(repository):
    return repository / "tests" / "vectors" / "ledger"


@pytest.fixture(scope="module")
def told(vectors):
    return json.loads((vectors / "ledger.json").read_text(encoding="utf-8"))


def test_roots_are_those_certificate_transparency_publishes():
    tree = Tree(leaf_hash(bytes.fromhex(text)) for text in INPUTS)
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS


def test_the_vectors_are_what_their_maker_makes(vectors):
    spec = importlib.util.spec_from_file_location("make_ledger", vectors / "make_ledger.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.make() == (vectors / "ledger.json").read_text(encoding="utf-8")


def test_our_own_verifiers_accept_them(told):
    rows = [
        (n, r["kind"].encode(), r["id"].encode(), r["body"].encode(), bytes.fromhex(r["salts"]), r["leaf"].encode())
        for n, r in enumerate(told["records"])
    ]
    verifier = Verifier.parse(told["vkey"])
    tree, kinds = verify_rows(rows)
    assert sum(kinds.values()) == 7
    notes = [(size, note.encode()) for size, note in enumerate(told["checkpoints"])]
    newest, count = verify_checkpoints(notes, tree, verifier)
    assert (newest.size, count) == (7, 8)
    for case in told["inclusion"]:
        proof = [bytes.fromhex(step) for step in case["proof"]]
        leaf = leaf_hash(rows[case["index"]][5])
        verify_inclusion(leaf, case["index"], case["size"], proof, tree.root(case["size"]))
        verify_record(rows[case["index"]], proof, told["checkpoints"][case["size"]], verifier)
    for case in told["consistency"]:
        proof = [bytes.fromhex(step) for step in case["proof"]]
        verify_consistency(case["old"], case["size"], tree.root(case["old"]), tree.root(case["size"]), proof)


def test_values_of_another_type_are_a_question_of_trust(told):
    """What one flipped bit in a database's record header makes of a value (found by L-4)."""
    verifier = Verifier.parse(told["vkey"])
    for size, note in ((0, None), (0, 7), (0, 1.5), (None, b"x")):
        with pytest.raises(TrustError):
            verify_checkpoints([(size, note)], Tree(), verifier)
    good = (0, b"gap", b"gap:0", b"{}", b"s" * 48, b"leaf")
    for at in range(1, 6):
        for value in (None, 7, 1.5):
            with pytest.raises(TrustError):
                verify_rows([(*good[:at], value, *good[at + 1 :])])


@pytest.fixture(scope="module")
def node(repository):
    found = shutil.which("node") or shutil.which("node", path=repository / ".venv" / "bin")
    if not found and os.environ.get("TRUCELINE_REQUIRE_ALL") == "1":
        pytest.fail("required here, but there is no node on this machine")
    if not found:
        pytest.skip("there is no node on this machine")
    return found


def check(node, vectors, path):
    return subprocess.run([node, vectors / "check_ledger.mjs", path], capture_output=True, check=False, text=True)


def test_a_second_implementation_accepts_them(node, vectors):
    done = check(node, vectors, vectors / "ledger.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "7 records, 8 checkpoints, 56 proofs: all as the format says\n"


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ("body", "record 1: id"),
        ("id", "record 1: id"),
        ("salts", "record 1: leaf"),
        ("leaf", "record 1: leaf"),
        ("checkpoint", "checkpoint 3: text"),
        ("proof", "inclusion 2 3"),
    ],
)
def test_the_second_implementation_can_refuse(node, vectors, told, tmp_path, part, named):
    bad = json.loads(json.dumps(told))
    if part == "checkpoint":
        bad["checkpoints"][3] = bad["checkpoints"][2]
    elif part == "proof":
        bad["inclusion"][5]["proof"][0] = "00" * 32
    else:
        bad["records"][1][part] = bad["records"][2][part]
    (tmp_path / "bad.json").write_text(json.dumps(bad, ensure_ascii=False), encoding="utf-8")
    done = check(node, vectors, tmp_path / "bad.json")
    assert (done.returncode, done.stderr.strip()) == (1, named)
