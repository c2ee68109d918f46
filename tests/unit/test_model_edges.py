# SPDX-License-Identifier: Apache-2.0
"""The edges of the vocabulary: empty columns, mixed columns, names, words of probability."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from test_model_records import detections

from truceline.base.canonical import canonical
from truceline.base.clock import Interval
from truceline.model.agreement import Agreement, Party, Provision, Reading, Source
from truceline.model.assessment import Assessment
from truceline.model.detection import Detections
from truceline.model.look import Look
from truceline.model.record import Record
from truceline.model.taxonomy import ACTS, FIRE_CAUSES, Layer, Status, expand, icd203
from truceline.model.watching import ReferenceAct

NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)


def through_json(found):
    """The columns as a ledger gives them back: whole numbers have lost their point."""
    bodies = [json.loads(canonical(record.body)) for record in found.records()]
    return Detections.from_bodies(bodies, range(len(bodies)))


def test_no_detections_come_back_as_none():
    for found in (Detections.empty(), Detections.from_bodies([], []), Detections.concatenate([])):
        assert len(found) == 0
        assert found.records() == []
        assert found.index is not None
        assert len(found.take(np.zeros(0, dtype=int))) == 0


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [1.5, 2.0, 3.0], [np.nan, 2.0, 3.0], [np.nan] * 3])
def test_a_column_of_numbers_survives_json(values):
    before = replace(detections(3), attributes={"frp_mw": np.array(values)})
    after = through_json(before)
    assert [r.id for r in after.records()] == [r.id for r in before.records()]
    if not np.isnan(values).all():
        assert np.array_equal(after.attributes["frp_mw"].astype(float), values, equal_nan=True)


def test_words_truth_and_numbers_keep_their_kind():
    columns = {"word": np.array(["a", None, "b"], object), "truth": np.array([True, False, True]), "n": np.arange(3)}
    after = through_json(replace(detections(3), attributes=columns))
    assert after.attributes["truth"].dtype == bool
    assert after.attributes["n"].dtype == np.int64
    assert after.attributes["word"].tolist() == ["a", None, "b"]


def test_joining_one_part_changes_nothing_and_order_is_kept():
    one, two = detections(4, 1), detections(3, 2)
    joined = Detections.concatenate([one, two])
    assert joined.lon.tolist() == [*one.lon.tolist(), *two.lon.tolist()]
    assert [r.id for r in Detections.concatenate([one]).records()] == [r.id for r in one.records()]
    assert joined.index is None


def test_indices_are_joined_only_where_all_have_them():
    one, two = detections(2).with_index([4, 5]), detections(2)
    assert Detections.concatenate([one, two]).index is None
    assert Detections.concatenate([one, two.with_index([9, 7])]).index.tolist() == [4, 5, 9, 7]


def test_a_mask_and_positions_take_the_same_rows():
    whole = detections(6).with_index(range(6))
    mask = np.array([True, False, True, False, False, True])
    assert [r.id for r in whole.take(mask).records()] == [r.id for r in whole.take(np.flatnonzero(mask)).records()]
    assert whole.take(mask).index.tolist() == [0, 2, 5]


def test_any_digit_kept_changes_the_id_and_those_beyond_do_not():
    before = detections(1)
    near = replace(before, lon=before.lon + 1e-8)
    far = replace(before, lon=before.lon + 2e-6)
    assert near.records()[0].id == before.records()[0].id
    assert far.records()[0].id != before.records()[0].id


@pytest.mark.parametrize("value", [0.0, 0.049, 0.05, 0.5, 0.95, 1.0])
def test_every_probability_has_a_word(value):
    assert icd203(value)


def test_what_is_no_number_has_no_word():
    """It used to be almost certain."""
    with pytest.raises(ValueError, match="not a number"):
        icd203(math.nan)


def test_words_of_probability_rise():
    order = list(dict.fromkeys(icd203(k / 1000) for k in range(1001)))
    assert len(order) == 7
    assert order[0] == "almost no chance"
    assert order[-1] == "almost certain"


def test_acts_are_named_by_their_key_and_expand_only_from_the_undivided_one():
    assert all(name == act.name for name, act in ACTS.items())
    assert set(FIRE_CAUSES) <= set(ACTS)
    assert expand(("shelling",)) == {"shelling"}
    assert expand(()) == frozenset()
    wide = expand(("act_of_war", "explosion"))
    assert wide - {"explosion"} == {name for name, act in ACTS.items() if act.layer is Layer.INCIDENT}


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (ReferenceAct(), "a fire of 5 MW lasting 1 hour, within 20 km of the line"),
        (
            ReferenceAct(power_mw=2.5, duration_hours=0.5),
            "a fire of 2.5 MW lasting 0.5 hours, within 20 km of the line",
        ),
        (ReferenceAct("blaze", 10, 3, 7.5), "a blaze of 10 MW lasting 3 hours, within 7.5 km of the line"),
    ],
)
def test_the_reference_act_is_named_with_its_numbers(act, text):
    assert act.text() == text


def agreement(**changed):
    interval = Interval(NOON, NOON + timedelta(hours=5))
    later = Interval(NOON - timedelta(hours=2), NOON + timedelta(hours=1))
    provisions = tuple(
        Provision(f"p{k}", "t", ("act_of_war",), ("A",), "z", w) for k, w in enumerate((interval, later))
    )
    readings = tuple(Reading(f"r{k}", "n", "s", ("A",), (p,), Source("o")) for k, p in enumerate(provisions))
    parties = (
        Party("A", "North", "North's forces", ("Norðland", "the North"), ()),
        Party("B", "South", "South's forces", ("Süd", "STRASSE"), ()),
    )
    values = {"id": "x", "title": "X", "version": "1", "local_offset_hours": 3.0, "zones": (), "responses": {}}
    values |= {"parties": parties, "readings": readings, "coverage_floor": 0.1, "document": {}, "file": "f"}
    return Agreement(**{**values, **changed})


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("A", "A"),
        ("a", "A"),
        ("  north ", "A"),
        ("NORÐLAND", "A"),
        ("The North", "A"),
        ("straße", "B"),
        ("SÜD", "B"),
        ("Nor", None),
        ("North South", None),
        ("", None),
        ("North's forces", None),
    ],
)
def test_a_party_is_known_by_its_whole_name_in_any_case(name, party):
    found = agreement().party(name)
    assert (found.id if found else None) == party


def test_the_window_spans_every_reading():
    assert agreement().window == Interval(NOON - timedelta(hours=2), NOON + timedelta(hours=5))


def test_a_document_with_times_is_written_in_utc():
    document = {"a": [NOON, {"b": ("c", 1, None, True)}], 3: "d"}
    body = agreement(document=document).record().body
    assert body["document"] == {"a": ["2026-04-11T12:00:00Z", {"b": ["c", 1, None, True]}], "3": "d"}
    assert canonical(body)


@pytest.mark.parametrize("low", [None, 0.0, 0.12345678])
def test_an_assessment_comes_back_from_its_body(low):
    numbers = {
        "p_act": 0.6,
        "p_actor": 1.0,
        "p_zone": 1.0,
        "p_window": 0.5,
        "unexcused_low": 0.0,
        "unexcused_high": 1.0,
    }
    one = Assessment(
        4,
        "r",
        "p",
        **numbers,
        low=low,
        high=1.0,
        status=Status.RECORDED,
        attribution="none",
        reasons=(("act", "why"),),
        p_act_low=low,
    )
    back = Assessment.from_body(json.loads(canonical(one.record().body)), 9)
    assert back.index == 9
    assert back.record().id == one.record().id
    assert (back.low is None) == (low is None)
    assert back.reasons == one.reasons


@pytest.mark.parametrize("seconds", [0, 1, 301.5])
def test_the_middle_of_a_look_stands_for_it(seconds):
    interval = Interval(NOON, NOON + timedelta(seconds=seconds))
    look = Look("S", "f", interval, ((0.0, 36.0, 48.0),), 1500.0, 830.0, True, 30.0, "orbit fitted to rows")
    assert look.moment == NOON + timedelta(seconds=seconds / 2)
    assert Look.from_body(json.loads(canonical(look.record().body)), 3).record().id == look.record().id


def test_a_record_s_id_is_of_its_content_not_of_its_making():
    assert Record("event", {"a": 1, "b": 2}).id == Record("event", {"b": 2.0, "a": 1.0}).id
