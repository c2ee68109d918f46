# SPDX-License-Identifier: Apache-2.0
"""Every part of the language of terms loads into the model, and readings reach all of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from truceline import cli, terms
from truceline.base.yaml import parse
from truceline.errors import InputError, Malformed, NoPlace
from truceline.model.agreement import LATEST
from truceline.model.clauses import DEFAULT_PUBLICATION
from truceline.model.taxonomy import ACTS
from truceline.terms.kinds_more import Proof
from truceline.terms.schema import AGREEMENT, shapes
from truceline.terms.vocabulary import shipped

FULL = (Path(__file__).parents[1] / "vectors/terms/full.yaml").read_text("utf-8")
MINIMAL = (Path(__file__).parents[1] / "vectors/terms/minimal.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def full():
    return terms.load(FULL, file="full.yaml")


def test_the_full_example_uses_every_key_of_the_language(full):
    used = set()

    def walk(value):
        if isinstance(value, dict):
            used.update(value)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(full.document)
    keys = {key for shape in shapes(AGREEMENT) for key in shape.fields}
    elsewhere = {"path", "vocabulary_file", "range_km", "calibre_mm", "uk", "ru", "point", "condition", "schedule"}
    elsewhere |= {"force_limit", "storage_site", "notification"}  # as changes
    assert keys - used - elsewhere == set()


def test_the_schema_accepts_the_full_example(full):
    jsonschema.Draft202012Validator(terms.json_schema()).validate(full.document)


def test_parties_lines_and_zones(full):
    a, b = full.parties
    assert (a.recognises_mechanism, b.recognises_mechanism) == (True, None)
    assert (b.proxies[0].id, b.proxies[0].aliases) == ("hill-guard", ("the Guard",))
    assert a.controls[0][0] == a.controls[0][-1] == (34.0, 48.0)
    old, now = full.lines
    assert (old.kind, len(old.parts[0]), now.kind, now.replaces) == ("coordinates", 3, "watch", "line-2025")
    zones = {zone.id: zone for zone in full.zones}
    shapes_of = {name: zone.shape for name, zone in zones.items()}
    assert shapes_of == {
        "everywhere": "everywhere",
        "guns-A": "band",
        "guns-B": "band",
        "strip": "band",
        "harbour": "polygon",
        "quay": "polygon",
        "sky": "band",
        "sea": "polygon",
        "energy": "objects",
        "islands": "unknown",
        "unknown": "unknown",
    }
    assert (zones["guns-B"].line, zones["guns-B"].side, zones["guns-B"].band_km) == ("line-2025", "B", (0.0, 25.0))
    assert zones["strip"].band_km == (0.0, 2.0)
    assert zones["energy"].classes == ("power_station", "substation")


@pytest.mark.parametrize(
    ("date", "stands"),
    [("2026", True), ("2026-04", True), ("2024-02-29", True), ("2026-02-29", False), ("2026-13", False),
     ("soon", False), ("20260420", False), ("2026-4-2", False), ("0000", False)],
)  # fmt: skip
def test_the_date_of_a_position_is_one(date, stands):
    text = FULL.replace("date: 2026-04-20, source: text}", f"date: {date}, source: text}}")
    if stands:
        assert terms.load(text, file="full.yaml").provisions[-1].positions[0].date == date
        return
    with pytest.raises(Malformed, match=r"positions\[1\].date: expected a date such as 2025-12-24") as caught:
        terms.load(text, file="full.yaml")
    assert (caught.value.file, caught.value.line) == ("full.yaml", 156)


def test_what_is_unknown_is_said_and_reaches_as_far_as_time_does(full):
    guns, _, jamming, medevac, islands = full.provisions
    assert islands.unknown == ("acts", "actors", "zone", "window")
    assert (islands.acts, islands.actors) == ((), ())
    assert [p.held_by for p in islands.positions] == [("A",), ("B",)]
    assert (guns.unknown, guns.window.end, medevac.rule) == ((), full.ends.at, "permitted")
    assert jamming.window.start == datetime(2026, 4, 30, 22, tzinfo=UTC)
    assert jamming.window.hours == 90 * 24
    assert full.ceilings[1].most is None
    assert full.ceilings[1].unknown == ("most",)
    assert full.steps[1].unknown == ("declared_by", "clock.from", "clock.hours")
    assert full.schedules[0].start_by.at == datetime(2026, 5, 10, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ends", "start", "end"),
    [
        ("entry_into_force + 60d", "entry_into_force", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-02-01T02:00:00+02:00", "day 10", datetime(2026, 2, 1, tzinfo=UTC)),
        ("entry_into_force + 60d", "entry_into_force + 61d", LATEST),  # a duty that outlives the agreement
        ("open", "entry_into_force", LATEST),
        ("unknown", "entry_into_force", LATEST),
    ],
)
def test_an_open_end_is_the_end_of_the_agreement(ends, start, end):
    entry = f'entry_into_force: {{at: 2026-01-01T00:00:00Z, ends: "{ends}"}}\n'
    text = MINIMAL.replace("to: 2026-02-01T00:00:00Z", "to: open").replace(
        "from: 2026-01-01T00:00:00Z", f'from: "{start}"'
    )
    agreement = terms.load(entry + text, file="m")
    assert {p.window.end for r in agreement.readings for p in r.provisions if p.id in ("quiet", "sea")} == {end}
    assert all(not p.unknown for p in agreement.provisions)


def test_polygons_under_control_tell_where_the_agreement_plays():
    box = "[[[30, 40], [31, 40], [31, 41], [30, 41]]]"
    text = MINIMAL.replace("forces: South's forces}", f"forces: South's forces, controls: {box}}}")
    text = text.replace("[[[30, 47], [31, 47], [31, 48], [30, 48]]]", "[[[30, 41], [31, 41], [31, 42], [30, 42]]]")
    assert terms.load(text, file="m").parties[1].controls
    swapped = text.replace("[[[30, 41], [31, 41], [31, 42], [30, 42]]]", "[[[41, 30], [41, 31], [42, 31], [42, 30]]]")
    with pytest.raises(NoPlace, match="longitude and latitude look swapped") as caught:
        terms.load(swapped, file="m")
    assert caught.value.line == 1 + swapped[: swapped.index("id: box")].count("\n")


def test_definitions_give_what_they_and_those_they_rest_on_list(full):
    guns = full.provisions[0]
    assert guns.acts == ("shelling",)
    assert "rocket_artillery" in guns.weapons
    assert "mlrs" in full.vocabulary.expand_weapons(guns.weapons)
    heavy_fire = next(d for d in full.definitions if d.id == "heavy-fire")
    assert (heavy_fire.acts, "howitzer_152mm" in heavy_fire.weapons) == (("shelling",), True)


def test_a_reading_reaches_windows_lists_distances_definitions_lines_and_steps(full):
    text, south = full.readings
    assert [c.section for c in south.changes] == ["provision", "zone", "definition", "step", "exception", "stage"]
    assert south.changes[2].source.outlet == "South's radio"
    one, two = ({zone.id: zone for zone in reading.zones} for reading in (text, south))
    assert (one["guns-B"].line, two["guns-B"].line, two["guns-B"].band_km) == ("line-2025", "line-now", (0.0, 20.0))
    assert (one["energy"].classes, two["energy"].classes) == (("power_station", "substation"), ("power_station",))
    assert (text.steps[0].trigger, south.steps[0].trigger) == ("any breach", "a persistent breach")
    assert [e.excused_high for e in south.provisions[0].exceptions] == [1.0, 0.0]
    assert [p.id for p in south.provisions] == ["guns", "energy", "medevac", "islands", "sea-quiet"]
    stage = next(c for c in south.clauses if c.id == "out-B")
    assert stage.done_by.after_hours == 480
    assert full.zones == text.zones
    assert south.clauses[0].expressed_by == ("jamming", "reach")  # what it leaves out may still be named


def test_added_words_count_as_all_others(full):
    assert "dam_opening" in full.vocabulary.expand(("act_of_war",))
    assert full.vocabulary.expand_weapons(["balloon"]) == {"balloon", "incendiary_balloon"}
    assert full.vocabulary.word("dam_opening", "fr") == "ouverture d'un barrage"


def test_rules_of_proof_commission_and_publication(full):
    assert [s.id for s in full.standards] == ["clear", "provisional"]
    assert (full.commission.quorum, full.commission.rule, full.commission.unknown) == (
        2,
        "majority",
        ("rectification_hours",),
    )
    assert full.attribution.acts == (("missile_strike", 0.6, 0.9),)
    assert full.publication.coverage_delay_hours == 96
    assert full.retired == ("guns-old", "strip-old")
    assert terms.load(MINIMAL, file="m").publication == DEFAULT_PUBLICATION
    assert [s.id for s in terms.load(MINIMAL, file="m").standards] == ["default-clear-breach"]


def test_every_id_has_its_line(full):
    lines = FULL.splitlines()
    for key, line in full.where.items():
        assert key.rsplit("/", 1)[-1] in lines[line - 1], key


def test_the_vocabulary_that_ships_is_the_taxonomy_with_what_sensors_see():
    found = shipped()
    assert dict(found.acts) == ACTS
    assert set(found.seen_by) == set(ACTS)
    assert all(found.seen_by[name] for name in found.incidents())
    for name in (*ACTS, *found.classes, *found.objects):
        for language in ("en", "uk", "ru", "fr"):
            assert found.texts[name][language]
    assert {weapon.of for weapon in found.weapons.values()} == set(found.classes)


@pytest.mark.parametrize("file", ["full", "minimal"])
def test_validate_says_what_a_text_holds(file, repository, capsys):
    path = repository / f"tests/vectors/terms/{file}.yaml"
    assert cli.main(["terms", "validate", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["ok"] is True
    assert told["agreements"][0]["counts"]["parties"] == 2
    assert cli.main(["terms", "validate", str(path)]) == 0
    assert "2 parties" in capsys.readouterr().out


def test_validate_refuses_with_file_line_and_reason(tmp_path, capsys):
    (tmp_path / "terms").mkdir()
    bad = tmp_path / "terms/agreement.yaml"
    bad.write_text(FULL.replace("acts: [heavy-fire]", "acts: [heavy-fyre]"), encoding="utf-8")
    assert cli.main(["terms", "validate", str(tmp_path), "--json"]) == 3
    out, err = capsys.readouterr()
    told = json.loads(out.splitlines()[-1])
    assert (told["ok"], told["error"], told["file"]) == (False, "Malformed", str(bad))
    assert FULL.splitlines()[told["line"] - 1].strip() == "acts: [heavy-fire]"
    assert f"{bad}:{told['line']}:" in err


def test_validate_prints_the_schema(capsys):
    assert cli.main(["terms", "validate", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == terms.json_schema()
    assert cli.main(["terms", "validate"]) == 2


@pytest.mark.parametrize(
    "text", ["{all_of: []}", "{any_of: []}", "{at_least: {n: 1, of: []}}", "{}", "", "{independent: 0}"]
)
def test_an_empty_policy_is_invalid(text):
    with pytest.raises(Malformed):
        Proof().read(parse(f"p: {text}", file="p").value["p"], "require", "p")


def test_files_beside_the_terms_are_read_and_nothing_else(tmp_path):
    from truceline.flow.terms_files import read_terms_file

    line = {"type": "LineString", "coordinates": [[30, 47], [31, 47.5]]}
    (tmp_path / "line.geojson").write_text(json.dumps(line), encoding="utf-8")
    extra = "lines:\n  - {id: l, name: L, geometry: path, path: line.geojson}\n"
    path = tmp_path / "agreement.yaml"
    path.write_text(MINIMAL + extra, encoding="utf-8")
    assert read_terms_file(path).agreement.lines[0].parts == (((30.0, 47.0), (31.0, 47.5)),)
    for name, said in (("../line.geojson", "does not lie beside"), ("no.geojson", "was not found beside")):
        path.write_text(MINIMAL + extra.replace("line.geojson", name), encoding="utf-8")
        with pytest.raises(InputError, match=said) as caught:
            read_terms_file(path)
        assert caught.value.line == 56
        assert caught.value.reason.count("line 'l'") < 2
