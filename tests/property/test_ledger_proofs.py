# SPDX-License-Identifier: Apache-2.0
"""L-1 and L-3: every proof of every small tree holds, as another implementation's does, and no mutant of one does."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.base.canonical import canonical
from truceline.errors import InputError, RootMismatch, TrustError
from truceline.ledger.checkpoint import Checkpoint, open_checkpoint
from truceline.ledger.leaf import SALTS_BYTES, id_of, make_leaf
from truceline.ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    cover,
    fold,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from truceline.ledger.note import Signer
from truceline.ledger.tiles import ENTRIES, Tile, split_entries, split_hashes, tiles_of
from truceline.ledger.verify import tile_content, verify_record

N = 256
LEAVES = [b"leaf %d" % n for n in range(N + 44)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
TREE = Tree(HASHES[:N])


def mth(hashes):
    """RFC 6962 section 2.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(mth(hashes[:k]), mth(hashes[k:]))


def test_roots_are_those_of_the_rfc_and_of_pymerkle():
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for n in range(N + 1):
        assert TREE.root(n) == mth(HASHES[:n])
        if n:
            oracle.append_entry(LEAVES[n - 1])
            assert oracle.get_root(n) == TREE.root(n)


def test_every_proof_to_256_leaves_holds():
    checked = 0
    for size in range(1, N + 1):
        root = TREE.root(size)
        for index in range(size):
            verify_inclusion(HASHES[index], index, size, TREE.inclusion(index, size), root)
            verify_consistency(index, size, TREE.root(index), root, TREE.consistency(index, size))
        checked += 2 * size
    assert checked == N * (N + 1)


def test_proofs_are_those_of_pymerkle(proof_scale):
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    top = N if proof_scale == 1 else 40
    for leaf in LEAVES[:top]:
        oracle.append_entry(leaf)
    for size in range(1, top + 1):
        for index in range(size):
            theirs = oracle.prove_inclusion(index + 1, size).path
            ours = TREE.inclusion(index, size)
            # Theirs lists the leaf as well, and by place in the tree, not from the leaf upwards.
            assert Counter(theirs) == Counter([HASHES[index], *ours])
            if index:
                told = oracle.prove_consistency(index, size).path
                assert set(TREE.consistency(index, size)) <= {*told, *cover_hashes(size)}


def cover_hashes(size):
    return {root_of(TREE.node, a, b) for a in range(size) for b in aligned_ends(a, size)}


def aligned_ends(start, size):
    width = 1
    while start % width == 0 and start + width <= size:
        yield start + width
        width *= 2
    if (start and start & (start - 1) == 0) or start % 2 == 0:
        yield size


@given(st.lists(st.integers(0, 700), max_size=8), st.data())
@settings(max_examples=60)
def test_growing_in_any_steps_gives_the_same_tree(steps, data):
    tree = Tree()
    for step in steps:
        before = tree.size
        tree.extend(leaf_hash(b"%d" % n) for n in range(before, before + step))
    whole = Tree(leaf_hash(b"%d" % n) for n in range(sum(steps)))
    assert tree.size == whole.size
    assert tree.root() == whole.root()
    size = data.draw(st.integers(0, tree.size))
    assert fold(tree.edge(size)) == whole.root(size)
    assert len(cover(0, size)) == size.bit_count()
    tree.truncate(size)
    assert (tree.size, tree.root()) == (size, whole.root(size))
    tree.extend(leaf_hash(b"%d" % n) for n in range(size, whole.size))
    assert tree.root() == whole.root()
    if size < whole.size:
        verify_inclusion(whole.node(0, size), size, whole.size, tree.inclusion(size), whole.root())
    verify_consistency(size, whole.size, whole.root(size), whole.root(), tree.consistency(size))


def test_the_empty_tree():
    assert Tree().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    verify_consistency(0, 7, EMPTY_ROOT, TREE.root(7), [])
    for bad in (
        (0, 7, TREE.root(1), TREE.root(7), []),
        (7, 7, TREE.root(7), TREE.root(8), []),
        (0, 7, EMPTY_ROOT, TREE.root(7), [HASHES[0]]),
        (8, 7, TREE.root(8), TREE.root(7), []),
        (0, 0, EMPTY_ROOT, HASHES[0], []),
    ):
        with pytest.raises(RootMismatch):
            verify_consistency(*bad)
    for ask in (lambda: TREE.inclusion(7, 7), lambda: TREE.inclusion(-1, 7), lambda: TREE.consistency(8, 7)):
        with pytest.raises(ValueError):
            ask()
    with pytest.raises(IndexError):
        TREE.node(8, 1)


# ---- L-3: mutants

SIGNER = Signer("example.org/mutants", bytes(range(32)))
VERIFIER = SIGNER.verifier
SALTS = bytes(range(SALTS_BYTES))
BODY = canonical({"lat": 48.5, "lon": 36.25, "n": 17})
KIND = "detection"
RECORD_LEAF = make_leaf(KIND, id_of(KIND, BODY), BODY, SALTS)
LOG_LEAVES = [*LEAVES[:17], RECORD_LEAF, *LEAVES[17:299]]
LOG = Tree(leaf_hash(leaf) for leaf in LOG_LEAVES)
NOTE = Checkpoint(SIGNER.name, LOG.size, LOG.root()).sign(SIGNER)
FILES = {tile: tile_content(tile, LOG, lambda a, b: LOG_LEAVES[a:b]) for tile in tiles_of(LOG.size)}


def mutate_bytes(rng, data):
    """One bit flipped, or bytes dropped, added, doubled or swapped; never the same bytes again."""
    while True:
        out = bytearray(data)
        at = rng.randrange(len(out))
        way = rng.randrange(5)
        if way == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            del out[at : at + rng.choice((1, 1, 2, 32))]
        elif way == 2:
            out[at:at] = rng.randbytes(rng.choice((1, 1, 2, 32)))
        elif way == 3:
            out[at:at] = out[at : at + rng.choice((1, 4, 32))]
        else:
            to = rng.randrange(len(out))
            out[at], out[to] = out[to], out[at]
        if bytes(out) != bytes(data):
            return bytes(out)


def mutate_list(rng, items):
    while True:
        out = list(items)
        way = rng.randrange(5) if out else 1
        at = rng.randrange(len(out)) if out else 0
        if way == 0:
            out[at] = mutate_bytes(rng, out[at])
        elif way == 1:
            out.insert(at, rng.choice([rng.randbytes(32), HASHES[0], b""]))
        elif way == 2:
            del out[at]
        elif way == 3:
            to = rng.randrange(len(out))
            out[at], out[to] = out[to], out[at]
        else:
            out.append(out[at])
        if out != list(items):
            return out


def inclusion_mutant(rng):
    size = rng.randrange(1, N + 1)
    index = rng.randrange(size)
    parts = [HASHES[index], index, size, TREE.inclusion(index, size), TREE.root(size)]
    which = rng.choice((0, 1, 3, 3, 3, 4))
    if which == 1:
        # The size alone is no mutant: it is bound to the root by the signature, not by the proof.
        parts[1] = rng.choice([n for n in range(-1, size + 1) if n != index])
    else:
        parts[which] = mutate_list(rng, parts[3]) if which == 3 else mutate_bytes(rng, parts[which])
    verify_inclusion(*parts)


def consistency_mutant(rng):
    size = rng.randrange(2, N + 1)
    old = rng.randrange(1, size)
    parts = [old, size, TREE.root(old), TREE.root(size), TREE.consistency(old, size)]
    which = rng.choice((2, 3, 4, 4, 4))
    parts[which] = mutate_list(rng, parts[4]) if which == 4 else mutate_bytes(rng, parts[which])
    verify_consistency(*parts)


def note_mutant(rng):
    opened = open_checkpoint(mutate_bytes(rng, NOTE.encode()), VERIFIER)
    # A signature that nobody here knows may be added to a note; what it says may not change by it.
    assert opened == Checkpoint(SIGNER.name, LOG.size, LOG.root())
    raise InputError("the same checkpoint")


def record_mutant(rng):
    parts = [17, KIND.encode(), id_of(KIND, BODY).encode(), BODY, SALTS, RECORD_LEAF]
    proof, which = LOG.inclusion(17), rng.randrange(7)
    if which == 0:
        parts[0] = rng.choice([n for n in range(LOG.size) if n != 17])
    elif which == 6:
        proof = mutate_list(rng, proof)
    else:
        parts[which] = mutate_bytes(rng, parts[which])
    if rng.random() < 0.5:
        parts[5] = parts[5] if which == 5 else None
    verify_record(tuple(parts), proof, NOTE, VERIFIER)


def tile_mutant(rng):
    """A mirror's reader: bundles give the hashes of level 0, full tiles those above, all of them the signed root."""
    files = dict(FILES)
    victim = rng.choice(sorted(files))
    files[victim] = mutate_bytes(rng, files[victim])
    hashes = []
    for tile in tiles_of(LOG.size):
        if tile.level == 0:
            held = split_hashes(files[tile])
            leaves = split_entries(files[Tile(ENTRIES, tile.index, tile.width)])
            if [leaf_hash(leaf) for leaf in leaves] != held:
                raise TrustError("bundle")
            hashes += held
        elif tile.level == 1 and split_hashes(files[tile]) != [Tree(hashes[:256]).root()]:
            raise TrustError("level 1")
    tree = Tree(hashes)
    checkpoint = open_checkpoint(NOTE, VERIFIER)
    if (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
        raise TrustError("root")


@pytest.mark.parametrize(
    ("mutant", "share"),
    [
        (inclusion_mutant, 0.45),
        (consistency_mutant, 0.35),
        (record_mutant, 0.1),
        (note_mutant, 0.08),
        (tile_mutant, 0.02),
    ],
)
def test_no_mutant_is_accepted(mutant, share, proof_scale, figures):
    rng = random.Random(mutant.__name__)
    count = round(1_000_000 * proof_scale * share)
    assert [number for number in range(count) if accepted(mutant, rng)] == []
    figures(f"{mutant.__name__.replace('_', ' ')}s (L-3)", {"tried": count, "accepted": 0})


def accepted(mutant, rng):
    try:
        mutant(rng)
    except (TrustError, InputError):
        return False
    return True
