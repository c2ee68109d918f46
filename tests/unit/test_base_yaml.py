# SPDX-License-Identifier: Apache-2.0
"""The one reader of YAML: the plain core only, everything with its line, and bounded."""

from __future__ import annotations

import time

import pytest

from truceline.base.yaml import MAX_CHARS, MAX_DEPTH, MAX_NODES, Node, parse
from truceline.errors import InputError, LimitExceeded, Malformed, Truncated


def value(text: str) -> Node:
    """Return the node under the key ``a``."""
    root = parse(f"a: {text}\n", file="y").value
    assert isinstance(root, dict)
    return root["a"]


def refused(text: str, **limits: int) -> InputError:
    with pytest.raises(InputError) as caught:
        parse(text, file="y", **limits)
    assert caught.value.file == "y"
    return caught.value


def test_scalars_stay_text_and_become_json_where_plain():
    text = (
        "a: no\nb: 012\nc: 0o14\nd: 1_000\ne: ~\nf: 'null'\ng: 1e3\nh: 2026-04-11\ni: true\nj: .5\nk: '7'\n"
        "l:\nm: 'true'\nn: 13:00\no: -5\np: .nan\nq: 1e999\nr: Null\n"
    )
    root = parse(text, file="y")
    assert isinstance(root.value, dict)
    assert all(isinstance(node.value, str) for node in root.value.values())
    assert root.to_json() == {
        "a": "no",
        "b": 12,
        "c": "0o14",
        "d": "1_000",
        "e": None,
        "f": "null",
        "g": 1000,
        "h": "2026-04-11",
        "i": True,
        "j": 0.5,
        "k": "7",
        "l": None,
        "m": "true",
        "n": "13:00",
        "o": -5,
        "p": ".nan",
        "q": "1e999",
        "r": "Null",
    }


def test_a_whole_number_beyond_what_json_holds_is_a_float():
    found = value("9007199254740993").to_json()
    assert (type(found), found) == (float, 2.0**53)
    assert type(value("9007199254740991").to_json()) is int


@pytest.mark.parametrize(
    ("text", "number"), [("5", 5.0), ("+.5e1", 5.0), ("'5'", None), ("five", None), ("[5]", None), ("1e999", None)]
)
def test_only_a_plain_finite_decimal_is_a_number(text: str, number: float | None):
    assert value(text).number() == number


@pytest.mark.parametrize(
    ("text", "what"),
    [("", "nothing"), ("null", "nothing"), ("''", "''"), ("x", "'x'"), ("[]", "a list"), ("{}", "a map")],
)
def test_messages_can_say_what_stands_there(text: str, what: str):
    node = value(text)
    assert (node.what, node.empty) == (what, what == "nothing")


def test_everything_knows_its_line():
    root = parse("# head\na: 1\nb:\n  - x\n  - y: 2\n\nc:\n\n\nd: 3\n", file="y")
    assert isinstance(root.value, dict)
    assert (root.line, [root.line_of(key) for key in "abcd"], root.line_of("z")) == (2, [2, 3, 7, 10], 2)
    items = root.value["b"].value
    assert isinstance(items, list)
    assert [item.line for item in items] == [4, 5]
    assert root.value["c"].line == 7  # where its key stands, though the parser notices it lines below


def test_a_byte_order_mark_and_windows_line_ends_change_nothing():
    assert parse("\ufeffa: 1\r\nb: [x]\r\n", file="y") == parse("a: 1\nb: [x]\n", file="y")


@pytest.mark.parametrize(
    ("text", "kind", "line", "said"),
    [
        ("a: &x [1]\n", Malformed, 1, "anchors"),
        ("a: 1\nb: *x\n", Malformed, 2, "aliases"),
        ("a: 1\nb: 2\na: 3\n", Malformed, 3, "the key 'a' appears twice; first on line 1"),
        ("a: !!python/object/apply:os.system [ls]\n", Malformed, 1, "the tag"),
        ("a: ! x\n", Malformed, 1, "the tag"),
        ("a: 1\n---\nb: 2\n", Malformed, 2, "more than one YAML document"),
        ("a: [1\n", Malformed, 2, "not YAML"),
        ("? [1]\n: 2\n", Malformed, 1, "a key must be a word, not a list"),
        ("a: {: 1}\n", Malformed, 1, "a key must be a word, not nothing"),
        ("null: 1\n", Malformed, 1, "a key must be a word, not nothing"),
        ("a:\n\t- 1\n", Malformed, 2, "use spaces"),
        ("a: \x07\n", Malformed, 1, "not YAML text"),
        ("%YAML 1.1.1\n---\na: 1\n", Malformed, 1, "not YAML"),
        ("\n \n", Truncated, 1, "empty"),
        ("# nothing\n", Truncated, 1, "only comments"),
    ],
)
def test_what_is_beyond_the_plain_core_is_refused(text: str, kind: type[InputError], line: int, said: str):
    error = refused(text)
    assert (type(error), error.line) == (kind, line)
    assert said in error.reason


def test_limits_hold_to_the_last_one():
    assert parse("a" * MAX_CHARS, file="y").line == 1
    assert refused("a\n" + "a" * MAX_CHARS).line == 2
    assert parse("- 1\n" * (MAX_NODES - 1), file="y").line == 1
    assert refused("- 1\n" * MAX_NODES).reason == f"more than {MAX_NODES:,} entries"
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, file="y").line == 1
    assert refused("[" * MAX_DEPTH + "x").reason == f"nested more than {MAX_DEPTH} levels deep"


def test_a_caller_sets_other_limits():
    assert parse("[[x]]", file="y", max_chars=5, max_nodes=3, max_depth=3).to_json() == [["x"]]
    assert "at most 4 are read" in refused("[[x]]", max_chars=4).reason
    assert "more than 2 entries" in refused("[[x]]", max_nodes=2).reason
    assert "more than 2 levels" in refused("[[x]]", max_depth=2).reason
    assert len(parse("- 1\n" * 20_000, file="y", max_nodes=50_000).to_json()) == 20_000
    error = refused("- 1\n" * 60_000, max_nodes=50_000)
    assert (type(error), error.line) == (LimitExceeded, 50_000)


def test_a_hostile_file_is_refused_soon():
    begun = time.process_time()
    for text in ("[" * 100_000, "{a: " * 50_000, "- " * 100_000, "? " * 50_000, "!" * 100_000):
        refused(text)
    assert time.process_time() - begun < 3
