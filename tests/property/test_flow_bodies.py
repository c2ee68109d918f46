# SPDX-License-Identifier: Apache-2.0
"""Laws of the flow's bodies: ranges name what they were made of, bodies survive JSON, ids follow content."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from truceline.base.canonical import canonical
from truceline.flow.bodies import (
    claim_check_record,
    cloud_days,
    cloud_record,
    comparison_record,
    estimate_record,
    expand,
    ranges,
)
from truceline.model.claim import Claim, ClaimCheck, Verdict
from truceline.model.watching import CloudDay, Comparison, Estimate

indices = st.lists(st.integers(0, 60), max_size=40)
shares = st.floats(0, 1)
maybe = st.none() | st.floats(0, 1e6)
CLAIM = Claim("t", "A", "B", 3, "", "violations", None, None, {}, "o", "", "", "low", index=7)


@given(indices)
def test_ranges_name_each_index_once_in_its_order(found):
    assert expand(ranges(found)) == list(dict.fromkeys(found))


@given(st.sets(st.integers(0, 10**6), max_size=30))
def test_ranges_of_a_sorted_set_do_not_touch(found):
    pairs = ranges(sorted(found))
    assert all(low <= high for low, high in pairs)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(pairs))


@given(st.integers(0, 10**6), st.integers(0, 500))
def test_a_run_of_indices_is_one_range(start, length):
    assert ranges(range(start, start + length + 1)) == [[start, start + length]]


@given(indices, indices)
def test_ranges_of_two_lists_together_name_both(one, other):
    assert set(expand(ranges([*one, *other]))) == {*one, *other}


@given(indices)
def test_ranges_survive_json(found):
    assert expand(json.loads(canonical(ranges(found)))) == expand(ranges(found))


@given(st.lists(st.dictionaries(st.sampled_from(["country", "east", "west"]), shares), max_size=6))
def test_the_cloud_table_comes_back(table):
    start = datetime(2026, 4, 1, tzinfo=UTC)
    days = tuple(CloudDay(start + timedelta(days=k), row) for k, row in enumerate(table))
    body = json.loads(canonical(cloud_record("f", days).body))
    assert cloud_days(body) == days


@given(maybe, maybe, maybe, st.booleans())
def test_a_comparison_s_body_says_none_for_none_and_else_the_number(ratio, low, high, cannot):
    assumption = {"name": "a", "ratio": ratio, "exposure_in": float("nan"), "passes": 3}
    body = comparison_record("x", Comparison(ratio, low, high, cannot, "why", (assumption,))).body
    for key, value in (("ratio", ratio), ("low", low), ("high", high)):
        assert (body[key] is None) == (value is None)
        assert value is None or abs(body[key] - value) <= 5e-7
    assert (body["line"], body["cannot_tell"], body["reason"]) == ("x", cannot, "why")
    assert body["assumptions"][0]["exposure_in"] is None
    assert body["assumptions"][0]["passes"] == 3
    assert canonical(body)


@given(maybe, maybe, maybe, st.floats(0, 1e6))
def test_an_estimate_s_body_holds_what_it_says(low, mid, high, weighted):
    body = estimate_record("x", Estimate(low, mid, high, low is None, "why", "acts", 4, weighted, ("a", "b"))).body
    assert [body[k] is None for k in ("low", "mid", "high")] == [v is None for v in (low, mid, high)]
    assert body["assumptions"] == ["a", "b"]
    assert abs(body["seen_weighted"] - weighted) <= 5e-7
    assert canonical(body)


@given(st.sampled_from(list(Verdict)), maybe, st.integers(0, 99), shares, maybe)
def test_a_claim_s_check_names_its_claim_by_index(verdict, hours, passes, pass_hours, coverage):
    check = ClaimCheck(CLAIM, None, None, verdict, (("a", "b"),), hours, passes, pass_hours, 2, coverage)
    body = json.loads(canonical(claim_check_record("x", check).body))
    assert (body["claim"], body["verdict"], body["passes"]) == (7, verdict.value, passes)
    assert (body["hours"] is None, body["coverage"] is None) == (hours is None, coverage is None)
    assert body["reasons"] == [["a", "b"]]


@given(st.floats(0, 1), st.sampled_from(["ratio", "low", "high"]))
def test_another_number_is_another_record(value, key):
    one = Comparison(2.0, 2.0, 2.0, False, "why", ())
    other = replace(one, **{key: value})
    assert comparison_record("x", one).id != comparison_record("x", other).id
    assert comparison_record("x", one).id != comparison_record("y", one).id


@given(st.floats(0, 1))
def test_numbers_that_differ_below_a_millionth_are_one_record(value):
    value = round(value, 6)
    one = Comparison(value, value, value, False, "why", ())
    near = replace(one, ratio=float(np.nextafter(value, 2.0)))
    assert comparison_record("x", one).id == comparison_record("x", near).id
