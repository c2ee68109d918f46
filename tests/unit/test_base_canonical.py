# SPDX-License-Identifier: Apache-2.0
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from truceline.base.canonical import canonical, digest, parse_json
from truceline.base.ids import content_id
from truceline.errors import InputError, LimitExceeded, Malformed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def has_surrogate(value) -> bool:
    return any(0xD800 <= ord(c) <= 0xDFFF for c in json.dumps(value, ensure_ascii=False))


@given(VALUES.filter(lambda v: not has_surrogate(v)))
def test_canonical_text_reads_back_as_the_value(value):
    assert parse_json(canonical(value)) == value


@given(VALUES.filter(lambda v: not has_surrogate(v)))
def test_the_fast_way_writes_what_the_reference_writes(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        -0.0,
        1e22,
        1e-7,
        5e-324,
        "1.0",
        {"1.0": 1.0},
        ["a.0,", 2.0],
        9007199254740991,
        {"\U00010000": 1, "\uffff": 2},
        0.1,
    ],
)
def test_what_encoders_write_differently_is_written_as_the_reference_does(value):
    assert canonical(value) == rfc8785.dumps(value)


def test_the_order_of_keys_does_not_matter():
    assert digest({"a": 1, "b": [1.5, None]}) == digest({"b": [1.5, None], "a": 1})
    assert content_id("event", {"a": 1}) != content_id("look", {"a": 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, {1: 2}, {"a": {1, 2}}])
def test_what_is_not_json_is_refused(value):
    with pytest.raises(Malformed):
        canonical(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": NaN}', "NaN"),
        ('{"a": Infinity}', "Infinity"),
        ('{"a": 1e999}', "too large"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": ', "not JSON"),
        ("", "not JSON"),
        (b"\xff\xfe{}", "UTF-8"),
        ("9" * 5000, "cannot be read"),
    ],
)
def test_loose_json_is_refused(text, why):
    with pytest.raises(Malformed, match=why):
        parse_json(text, file="x.json")


_BAD = '"NaN, [1e999, a\\": ",\n'


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (f'{{"type": {_BAD} "features": [\n{{"at": [1, 2]}},\n{{"at": [1, NaN]}}]}}', 4, "features[2].at[2]: NaN is not"),
        (f'[{_BAD} {{"a": -1e999}}]', 2, "[2].a: -1e999 is too large"),
        (f'[{_BAD} {{"a": {{"b": 1}}, "b": [],\n"b": 2}}]', 3, "[2].b: the key 'b' appears twice"),
        ('{"a": 1,\n"\\u0061": 2}', 2, "a: the key 'a' appears twice"),
        (f'{{"n": [1.{"0" * 5000},\n-{"9" * 5000}]}}', 2, "n[2]: holds a number"),
        ("\n\nNaN", 3, "NaN is not JSON"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_line_and_the_record(text, line, told):
    with pytest.raises(Malformed) as caught:
        parse_json(text, file="x.json")
    assert (caught.value.file, caught.value.line) == ("x.json", line)
    assert caught.value.reason.startswith(told)


def test_deep_nesting_is_refused_not_fatal():
    with pytest.raises(LimitExceeded, match="nest"):
        parse_json("[" * 100_000, file="x.json")


@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_an_input_error(data):
    try:
        parse_json(data, file="x.json")
    except InputError as error:
        assert "x.json" in str(error)
