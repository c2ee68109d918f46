# SPDX-License-Identifier: Apache-2.0
"""Leaves, bodies and tiles: one form out, nothing but that form in."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from truceline.base.canonical import canonical
from truceline.base.ids import content_id
from truceline.errors import BodyMismatch, InputError, LeafMismatch, LimitExceeded, Malformed, Truncated
from truceline.ledger.body import is_canonical
from truceline.ledger.leaf import MAX_LEAF_BYTES, Leaf, explain_mismatch, id_of, make_leaf, parse_leaf
from truceline.ledger.merkle import Tree, inclusion_proof, leaf_hash, root_of
from truceline.ledger.tiles import ENTRIES, Tile, join_entries, split_entries, split_hashes, tiles_of
from truceline.ledger.verify import tile_content

SALTS = bytes(range(48))
BODY = canonical({"lat": 48.5, "place": "Куп'янськ"})
ID = id_of("event", BODY)
LEAF = make_leaf("event", ID, BODY, SALTS)


def test_a_leaf_is_what_its_format_says():
    """The format as docs/reference/ledger-format.md states it, built here from nothing but the standard library."""

    def commit(salt, value):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        return "c:" + base64.b64encode(hashlib.sha256(b"truceline/c1" + salt + text).digest()).decode()

    told = {
        "v": 1,
        "kind": commit(SALTS[:16], "event"),
        "id": commit(SALTS[16:32], ID),
        "body": commit(SALTS[32:], json.loads(BODY)),
    }
    assert json.loads(LEAF) == told
    assert canonical(told) == LEAF
    assert parse_leaf(LEAF) == Leaf(kind=told["kind"], id=told["id"], body=told["body"])
    assert content_id("event", json.loads(BODY)) == ID


def test_a_leaf_shows_nothing():
    for secret in (b"event", b"48.5", "Куп".encode(), ID.encode()):
        assert secret not in LEAF
    other = make_leaf("event", ID, BODY, bytes(48))
    assert not {LEAF[9:52], LEAF[60:103]} & {other[9:52], other[60:103]}


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"{}",
        LEAF + b" ",
        LEAF + b"\n",
        LEAF.replace(b'"v":1', b'"v":2'),
        LEAF.replace(b'"v":1', b'"v":1.0'),
        LEAF.replace(b'"v":1', b'"v":1,"x":"y"'),
        LEAF.replace(b"c:", b"d:", 1),
        LEAF.replace(b'{"body"', b'{ "body"'),
        LEAF.decode().replace("c:", "ｃ:").encode(),
    ],
)
def test_what_is_not_a_leaf_is_refused(leaf):
    with pytest.raises(Malformed):
        parse_leaf(leaf)


def test_the_cap_holds():
    with pytest.raises(LimitExceeded):
        parse_leaf(b"x" * (MAX_LEAF_BYTES + 1))
    with pytest.raises(LimitExceeded):
        join_entries([b"x" * (MAX_LEAF_BYTES + 1)])
    assert split_entries(join_entries([b"x" * MAX_LEAF_BYTES, b""])) == [b"x" * MAX_LEAF_BYTES, b""]
    with pytest.raises(ValueError):
        make_leaf("event", ID, BODY, SALTS[:-1])


def test_the_fault_is_named():
    cases = {
        "its body": ("event", ID, BODY + b" ", SALTS),
        "its kind": ("evenT", ID, BODY, SALTS),
        "its id": ("event", ID[:-1], BODY, SALTS),
        "its kind and id and body": ("event", ID, BODY, bytes(48)),
    }
    for text, parts in cases.items():
        fault = explain_mismatch(LEAF, *parts)
        assert isinstance(fault, BodyMismatch)
        assert fault.reason.startswith(text)
    for leaf, salts in ((LEAF, b""), (b"junk", SALTS)):
        assert isinstance(explain_mismatch(leaf, "event", ID, BODY, salts), LeafMismatch)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.0, -0.0, 1.0, 1e-6, 1e-7, 1e16, 1e21, 1.5e300, 5e-324, 0.1 + 0.2, 123456789012345.6])
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=6))
@settings(max_examples=150)
def test_the_fast_writer_writes_what_the_canonical_one_does(value):
    assert canonical(value) == rfc8785.dumps(value)
    assert is_canonical(canonical(value))
    assert id_of("event", canonical(value)) == content_id("event", value)


@given(st.dictionaries(st.text(max_size=4), JSON, min_size=1, max_size=4), st.data())
@settings(max_examples=150)
def test_any_other_form_is_seen(value, data):
    """Whatever text is called canonical is what the canonical writer makes of its value."""
    text = bytearray(canonical(value))
    at = data.draw(st.integers(0, len(text) - 1))
    text[at:at] = data.draw(st.sampled_from([b" ", b"0", b".0", b"-", b"e", b"1", b"\\u0041", b"\xff", b'"']))
    if is_canonical(bytes(text)):
        # RFC 8785 takes every number for a double.
        value = json.loads(bytes(text), parse_int=lambda digits: int(digits) if len(digits) < 16 else float(digits))
        assert canonical(value) == bytes(text)


def test_forms_that_look_canonical_are_not():
    for text in ('{"a":1.0}', '{"a":1e-07}', '{"a":1e5}', '{"a":-0}', '{"a":0.10}', '{"a":1,"a":1}', '{"b":1,"a":1}',
                 '{"a":NaN}', '{"a":1e999}', '{"a":"\\u0041"}', '{"a":"\\/"}', '{"a": 1}', '{"a":9007199254740993}',
                 '{"a":1' + "0" * 400 + "}", "[" * 5000, '{"a":' * 5000, '{"a":"\\ud800"}', ""):  # fmt: skip
        assert not is_canonical(text.encode("utf-8", "surrogatepass")), text
    for text in ('{"a":0.00001}', '{"a":1e-7}', '{"a":100000000000000000000}', '{"":0}', "[1,2]", '"x"', "null"):
        assert is_canonical(text.encode()), text
    # RFC 8785 orders keys by UTF-16 units: beyond U+FFFF comes before U+FFFF.
    assert is_canonical('{"\U00010000":1,"\uffff":1}'.encode())
    assert not is_canonical('{"\uffff":1,"\U00010000":1}'.encode())


def test_what_is_no_json_has_no_body():
    for value in (
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": 2**53},
        {"a": object()},
        {"a": b"x"},
        {"a": "\ud800"},
    ):
        with pytest.raises(Malformed):
            canonical(value)


# ---- tiles


def test_paths_are_those_of_the_specification():
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(2, 5, 17).path == "tile/2/005.p/17"
    assert Tile(ENTRIES, 999, 1).path == "tile/entries/999.p/1"
    assert Tile(63, 1000).path == "tile/63/x001/000"


@given(st.integers(-1, 63), st.integers(0, 2**50), st.integers(1, 256))
def test_every_tile_has_one_path(level, index, width):
    tile = Tile(level, index, width)
    assert Tile.parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    ["tile/0/1", "tile/0/x000/001", "tile/00/001", "tile/64/001", "tile/0/001.p/256", "tile/0/001.p/0", "tile/0/001.p/01",
     "tile/0/001/", "tile/0/001.p", "tile/0/x001", "tile/entries", "tile/-1/001", "tile/0/../001", "tile/0/٠٠١",
     "checkpoint", ""],
)  # fmt: skip
def test_what_is_no_path_is_refused(path):
    with pytest.raises(Malformed):
        Tile.parse(path)


def test_a_tree_of_70000_has_the_tiles_the_specification_counts():
    tiles = list(tiles_of(70_000))
    hashes = [tile for tile in tiles if tile.level >= 0]
    widths = {level: [tile.width for tile in hashes if tile.level == level] for level in (0, 1, 2)}
    assert (widths[0].count(256), widths[0][-1], len(widths[0])) == (273, 112, 274)
    assert widths[1] == [256, 17]
    assert widths[2] == [1]
    assert len([tile for tile in tiles if tile.level == ENTRIES]) == 274
    assert {(t.level, t.index, t.width) for t in tiles_of(256)} == {(0, 0, 256), (ENTRIES, 0, 256), (1, 0, 1)}
    assert list(tiles_of(0)) == []


@given(st.integers(0, 140_000), st.integers(0, 140_000))
@settings(max_examples=60)
def test_what_is_published_step_by_step_is_what_is_published_at_once(a, b):
    old, new = sorted((a, b))
    steps = set(tiles_of(old)) | set(tiles_of(new, published=old))
    assert set(tiles_of(new)) <= steps
    assert all(tile in set(tiles_of(old)) for tile in steps - set(tiles_of(new)))
    assert list(tiles_of(new, published=new)) == []


def test_proofs_can_be_made_from_tiles_alone():
    """What a stranger does: fetch tiles, rebuild the levels between, prove any leaf."""
    leaves = [b"%d" % n for n in range(66_000)]
    tree = Tree(map(leaf_hash, leaves))
    held = {}
    for tile in tiles_of(tree.size):
        content = tile_content(tile, tree, lambda start, end: leaves[start:end])
        if tile.level == ENTRIES:
            assert split_entries(content) == leaves[tile.start : tile.start + tile.width]
        else:
            held[tile.level, tile.index] = split_hashes(content)

    def node(level, index):
        tile_level, height = divmod(level, 8)
        start = index << height
        hashes = held[tile_level, start // 256][start % 256 : start % 256 + (1 << height)]
        return Tree(hashes).root()

    assert root_of(node, 0, tree.size) == tree.root()
    for index in (0, 255, 256, 65_535, 65_536, 65_999):
        assert inclusion_proof(node, index, tree.size) == tree.inclusion(index)
    assert tile_content(Tile(0, 257, 209), tree, lambda *_: []) is None


def test_damaged_bundles_and_tiles_are_refused():
    bundle = join_entries([b"one", b"two"])
    for cut in range(1, len(bundle)):
        if cut != 5:
            with pytest.raises(Truncated):
                split_entries(bundle[:cut])
    with pytest.raises(LimitExceeded):
        split_entries(join_entries([b""] * 257))
    for tile in (b"", b"x" * 31, b"x" * 33, b"x" * 32 * 257):
        with pytest.raises(InputError):
            split_hashes(tile)
