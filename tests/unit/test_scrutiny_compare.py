# SPDX-License-Identifier: Apache-2.0
"""What changed between two texts: every change is found, nothing else is, and the other way round it is the mirror."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from truceline import cli
from truceline.lang import languages
from truceline.reports.terms_diff import comparison_page
from truceline.scrutiny.compare import compare
from truceline.scrutiny.compared import comparison_text
from truceline.terms import load

FULL = Path(__file__).resolve().parents[1] / "vectors" / "terms" / "full.yaml"
TEXT = FULL.read_text("utf-8")


def of(*changes):
    """The example with parts of its text replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return load(text, file="other.yaml")


@pytest.fixture(scope="module")
def first():
    return load(TEXT, file="full.yaml")


def only(found, section, name):
    (clause,) = found["clauses"]
    assert (clause["section"], clause["id"]) == (section, name)
    return clause


def test_a_text_is_the_same_as_itself(first):
    found = compare(first, load(TEXT, file="again.yaml")).to_json()
    assert found["identical"]
    assert found["clauses"] == found["readings"] == []
    assert found["counts"]["same"] > 50
    assert comparison_text(compare(first, first)).splitlines()[1] == "Nothing changed."


@pytest.mark.parametrize(
    ("old", "new", "where", "field", "texts"),
    [
        ("most: 800000", "most: 600000", "force_limits/troops-A", "most", ("800,000", "600,000")),
        ("reply_hours: 48", "reply_hours: 24", "commission/commission", "reply_hours", ("48 hours", "24 hours")),
        ("rule: majority", "rule: consensus", "commission/commission", "rule", ("majority", "consensus")),
        ("hours: 24, pauses", "hours: 12, pauses", "ladder/warn", "hours", ("24 hours", "12 hours")),
        (
            "lead_hours: 48",
            "lead_hours: unknown",
            "notifications/tell-exercises",
            "lead_hours",
            ("48 hours", "not known"),
        ),
        ("status: disputed", "status: agreed", "provisions/islands", "status", ("disputed", "agreed")),
        ("{probability: 0.8}", "{probability: 0.9}", "standards/provisional", "policy", None),
        ("likely: 0.55", "likely: 0.6", "attribution/attribution", "likely", ("55 %", "60 %")),
        ("impact_km: 1", "impact_km: 2", "publication/publication", "impact_km", ("1 km", "2 km")),
        ("A: {text: none published}", "A: {text: A note.}", "responses/A", "text", None),
        ("status: in_force", "status: signed", "head/head", "status", ("in force", "signed")),
        ("radius_m: 800", "radius_m: 900", "zones/energy", "objects", None),
        ("to: [G, monitors]", "to: [monitors]", "notifications/tell-exercises", "to", None),
    ],
)
def test_one_change_is_one_change(first, old, new, where, field, texts):
    found = compare(first, of((old, new))).to_json()
    assert found["changed"] == [where]
    clause = only(found, *where.split("/"))
    assert [each["field"] for each in clause["fields"]] == [field] or field == "lead_hours"
    told = next(each for each in clause["fields"] if each["field"] == field)
    assert told["before"] != told["after"]
    if texts:
        assert (told["before_text"], told["after_text"]) == tuple(
            t.replace(" ", "\N{NO-BREAK SPACE}") if t[0].isdigit() else t for t in texts
        )


def test_what_changes_in_the_text_is_not_told_again_under_each_reading(first):
    found = compare(first, of(("to: 2026-05-31T00:00:00+02:00}", "to: 2026-06-30T00:00:00+02:00}"))).to_json()
    clause = only(found, "provisions", "energy")
    assert clause["fields"][0]["before"] == {"from": "2026-04-30T22:00:00Z", "to": "2026-05-30T22:00:00Z"}
    assert found["readings"] == []


def test_what_changes_under_one_reading_alone_is_told_there(first):
    found = compare(first, of(("line: line-now, to_km: 20}", "line: line-now, to_km: 22}"))).to_json()
    assert not found["identical"]
    assert found["clauses"] == []
    (reading,) = found["readings"]
    assert reading["id"] == "south"
    assert [(c["id"], c["fields"][0]["after"]) for c in reading["clauses"]] == [("guns-B", 22.0)]


def test_a_reading_that_comes_or_goes_tells_what_it_reads(first):
    without = replace(first, readings=first.readings[:1])
    there, back = (compare(*pair) for pair in ((first, without), (without, first)))
    assert (there.to_json()["removed"], back.to_json()["added"]) == (["readings/south"], ["readings/south"])
    (gone,), (come,) = there.readings, back.readings
    assert (gone.only_in, come.only_in) == ("a", "b")
    read = {(c.section, c.id, f.field): (f.before_text, f.after_text) for c in come.clauses for f in c.fields}
    changed = next(each for each in first.readings if each.id == "south").changes
    assert {each.id for each in changed} <= {name for _, name, _ in read}
    mirror = {(c.section, c.id, f.field): (f.after_text, f.before_text) for c in gone.clauses for f in c.fields}
    assert read == mirror
    assert "What only the second text reads" in comparison_text(back)
    assert "What only the first text reads" in comparison_page(there)


def test_a_retired_id_that_comes_back_is_pointed_at(first):
    gone = "  - {id: leave, kind: release, text: Either may leave after notice., notice_hours: 72}\n"
    retired = of((gone, ""), ("retired: [guns-old,", "retired: [guns-old, leave,"))
    found = compare(retired, first)
    assert [each.id for each in found.clauses if each.reused] == ["leave"]
    assert found.to_json()["clauses"][0]["reused"]
    assert "had retired this id" in comparison_text(found)
    assert not any(each.reused for each in compare(first, retired).clauses)


def test_clauses_that_come_and_go(first):
    gone = "  - {id: leave, kind: release, text: Either may leave after notice., notice_hours: 72}\n"
    found = compare(first, of((gone, ""), ("retired: [guns-old,", "retired: [guns-old, leave,"))).to_json()
    assert found["removed"] == ["conditions/leave"]
    assert found["added"] == ["retired/leave"]
    fields = {each["field"]: each for each in found["clauses"][0]["fields"]}
    assert fields["notice_hours"]["before"] == 72
    assert fields["notice_hours"]["after"] is None
    assert fields["text"]["after_text"] == ""


def test_a_clause_under_another_id_is_another_clause_and_pointed_at(first):
    found = compare(first, of(("{id: leave, kind: release", "{id: go, kind: release"))).to_json()
    clauses = {(each["change"], each["id"]): each["perhaps"] for each in found["clauses"]}
    assert clauses == {("removed", "leave"): "conditions/go", ("added", "go"): "conditions/leave"}


def test_a_clause_that_moves_to_another_section_keeps_its_id(first):
    schedule = (
        "  - {id: talks, text: Talks begin within ten days., actors: [A, B], start_by: day 10, done_by: unknown}\n"
    )
    point = "points:\n  - {id: talks, text: Talks begin within ten days.}\n"
    found = compare(first, of((f"schedules:\n{schedule}", ""), ("points:\n", point))).to_json()
    assert found["moved"] == ["points/talks"]
    assert found["removed"] == found["added"] == []
    assert next(each for each in found["clauses"] if each["id"] == "talks")["was_in"] == "schedules"


def test_outlines_say_what_was_gained_and_lost(first):
    found = compare(first, of(("[35.4, 47.8], [35.4, 48.0]", "[35.3, 47.8], [35.3, 48.0]"))).to_json()
    outline = only(found, "zones", "harbour")["fields"][0]["geometry"]
    assert outline["gained_km2"] == 0
    assert outline["lost_km2"] == pytest.approx(166.3, abs=0.5)  # a quarter of 0.4 x 0.2 degrees at 47.9 N
    assert outline["before_km2"] - outline["after_km2"] == pytest.approx(outline["lost_km2"], rel=1e-3)


def test_a_zone_that_replaces_another_is_its_newer_version(first):
    new = "  - {id: strip-2, kind: buffer, line: line-now, within_km: 3, replaces: strip}\n  - {id: strip, kind"
    found = compare(first, of(("  - {id: strip, kind", new))).to_json()
    clause = only(found, "zones", "strip-2")
    assert (clause["change"], clause["version_of"]) == ("added", "strip")
    assert {each["field"] for each in clause["fields"]} == {"within_km", "replaces"}


def test_positions_that_came_and_went_are_told_one_by_one(first):
    found = compare(first, of(("text: Nobody lands there.", "text: Somebody lands there."))).to_json()
    field = only(found, "provisions", "islands")["fields"][0]
    assert len(field["removed"]) == len(field["added"]) == 1
    assert "Nobody lands" in field["removed"][0]


def test_drafts_show_where_each_clause_stands(first):
    found = compare(first, of(("status: disputed", "status: dropped"))).to_json()
    stands = {each["id"]: (each["before"], each["after"]) for each in found["statuses"]}
    assert stands == {"islands": ("disputed", "dropped"), "point-2": ("agreed", "agreed")}


def test_the_other_way_round_is_the_mirror(first):
    second = of(("most: 800000", "most: 600000"), ("{id: leave, kind", "{id: go, kind"), ("to_km: 20}", "to_km: 22}"))
    there, back = (compare(*pair).to_json() for pair in ((first, second), (second, first)))
    assert there["changed"] == back["changed"]
    assert (there["added"], there["removed"]) == (back["removed"], back["added"])
    mirrored = {
        (each["section"], each["id"], f["field"], str(f["after"]), str(f["before"]))
        for each in back["clauses"]
        for f in each["fields"]
    }
    assert mirrored == {
        (each["section"], each["id"], f["field"], str(f["before"]), str(f["after"]))
        for each in there["clauses"]
        for f in each["fields"]
    }


@pytest.mark.parametrize("code", languages())
def test_every_language_says_it(first, code):
    second = of(("most: 800000", "most: 600000"), ("status: disputed", "status: dropped"))
    found = compare(first, second, code)
    assert "troops-A" in comparison_text(found)
    assert f'<html lang="{code}">' in comparison_page(found)


def test_the_page_marks_words_that_went_and_came(first):
    page = comparison_page(compare(first, of(("within 2 km of the line.", "within <3> km of the line."))))
    assert "<del>2</del>" in page
    assert "<ins>&lt;3&gt;</ins>" in page
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_the_command(tmp_path, capsys):
    other, page = tmp_path / "b.yaml", tmp_path / "page.html"
    other.write_text(TEXT.replace("most: 800000", "most: 600000"), encoding="utf-8")
    assert cli.main(["terms", "diff", str(FULL), str(other), "--html", str(page)]) == 0
    assert "− 800,000" in capsys.readouterr().out
    assert "600,000" in page.read_text("utf-8")
    assert cli.main(["terms", "diff", str(FULL), str(other), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["changed"] == ["force_limits/troops-A"]


def test_the_command_refuses_what_it_cannot_do(tmp_path, capsys):
    for name in ("agreement.yaml", "agreement-2.yaml"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    assert cli.main(["terms", "diff", str(tmp_path), str(FULL)]) == 2
    assert "several texts" in capsys.readouterr().err
    assert cli.main(["terms", "diff", str(FULL), str(FULL), "--html", str(tmp_path)]) == 2
    assert "cannot write the page" in capsys.readouterr().err
    assert cli.main(["terms", "diff", str(FULL), str(tmp_path / "none.yaml")]) != 0
