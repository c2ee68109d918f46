# SPDX-License-Identifier: Apache-2.0
"""A file that the loader refuses is read as far as it goes, and every reason for refusing it is told."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from truceline import terms
from truceline.errors import InputError, LimitExceeded, Malformed, Truncated
from truceline.scrutiny.lint import lint
from truceline.terms.mend import Where, read_draft

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "terms"
CLEAN = (VECTORS / "clean.yaml").read_text("utf-8")


def draft(*pairs, **more):
    text = CLEAN
    for old, new in pairs:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return read_draft(text, file="t.yaml", **more)


@pytest.mark.parametrize("name", ["clean", "full", "minimal"])
def test_what_loads_has_no_faults_and_says_the_same(name):
    text = (VECTORS / f"{name}.yaml").read_text("utf-8")
    found = read_draft(text, file="t.yaml")
    assert found.faults == ()
    assert found.agreement == terms.load(text, file="t.yaml")


MENDED = [
    (("colour", "form"), ("title: Clean accord", "title: Clean accord\ncolour: red")),
    (("'title' is missing", "form"), ("title: Clean accord\n", "")),
    (("is missing", "form"), ("coverage_floor: 0.05\n", "")),
    (
        ("expected a list", "form"),
        ("acts: [fire]\n    actors: [A, B]\n    zone: strip", "acts: fire\n    actors: [A, B]\n    zone: strip"),
    ),
    (("expected a number", "form"), ("most: 800", "most: many")),
    (("appears twice", "form"), ("{id: troops-B", "{id: troops-A")),
    (("'reserved'", "name"), ("source: text\n  - id: south", "source: reserved\n  - id: south")),
    (("ends before it starts", "form"), ("{from: day 0, to: day 90}", "{from: day 90, to: day 0}")),
    (
        ("done_by comes before start_by", "form"),
        ("start_by: day 2, done_by: day 10", "start_by: day 20, done_by: day 10"),
    ),
    (("excused_high (0) is below", "form"), ("excused_low: 0", "excused_low: 0.5")),
    (("quorum of 9", "form"), ("quorum: 2", "quorum: 9")),
    (("look swapped", "place"), ("[[[34.0, 48.0], [36.0, 48.0]]]", "[[[48.0, 34.0], [48.0, 36.0]]]")),
    (("party 'B' is missing", "form"), ("  B: {text: A warning.}\n", "")),
    (
        ("unknown party 'C'", "name"),
        ("  B: {text: A warning.}\n", "  B: {text: A warning.}\n  C: {text: A warning.}\n"),
    ),
    (
        ("in a circle", "form"),
        (
            "acts: [shelling, missile_strike]}",
            "uses: [heavy]}\n  - {id: x, text: X., uses: [y]}\n  - {id: y, text: Y., uses: [x]}",
        ),
    ),
    (("unknown evidence", "form"), ("require: {independent: 2}", "require: rumour")),
    (("expected one of the keys", "form"), ("{provision: quiet, exceptions: [drill]}", "{provisoin: quiet}")),
    (("changes nothing", "form"), ("{provision: quiet, exceptions: [drill]}", "{provision: quiet}")),
    (
        ("is none of the file's", "name"),
        ("{provision: quiet, exceptions: [drill]}", "{provision: quit, exceptions: [drill]}"),
    ),
    (("is retired", "form"), ("responses:\n", "retired: [warn]\nresponses:\n")),
    (("expected a map", "form"), ("{from: day 0, to: day 90}", "soon")),
]


@pytest.mark.parametrize(("expected", "pair"), MENDED, ids=range(len(MENDED)))
def test_a_fault_is_told_once_and_the_rest_is_read(expected, pair):
    found = draft(pair)
    with pytest.raises(InputError) as caught:
        terms.load(CLEAN.replace(*pair, 1), file="t.yaml")
    (fault,) = found.faults
    assert expected[0] in fault.reason
    assert fault.what == expected[1]
    assert caught.value.line in (fault.line, None)
    assert found.agreement is not None
    assert {"quiet", "plants"} <= {p.id for p in found.agreement.provisions}


def test_each_of_many_faults_is_told_with_its_line():
    found = draft(*(pair for _, pair in MENDED[4:10]), MENDED[12][1])
    assert found.agreement is not None
    assert len({fault.reason for fault in found.faults}) >= 7
    assert [fault.line for fault in found.faults] == sorted(fault.line for fault in found.faults)


def test_whose_a_fault_is_is_told():
    found = draft(
        ("{provision: quiet, exceptions: [drill]}", "{schedule: talks, done_by: 2026-05-10}"),
        ("acts: [dam_opening]", "acts: [dam_closing]"),
    )
    assert [fault.where for fault in found.faults] == [
        Where("provisions", "dams"),
        Where("schedules", "talks", "south"),
    ]


def test_a_file_that_is_named_and_missing_leaves_its_zone_unknown():
    pair = ("rings: [[[35.0, 47.8], [35.4, 47.8], [35.4, 47.9], [35.0, 47.9]]]", "path: h.geojson")
    (fault,) = draft(pair).faults
    assert "h.geojson" in fault.reason
    ring = '{"type": "Polygon", "coordinates": [[[35.0, 47.8], [35.4, 47.8], [35.4, 47.9], [35.0, 47.8]]]}'
    found = draft(pair, attachments={"h.geojson": ring})
    assert found.faults == ()
    assert terms.attachments_of(CLEAN.replace(*pair), file="t.yaml") == ("h.geojson",)


def test_words_of_a_vocabulary_file_are_known():
    pairs = [
        ("coverage_floor: 0.05\n", "coverage_floor: 0.05\nvocabulary_file: v.yaml\n"),
        ("[dam_opening]", "[weir, hose]"),
    ]
    acts = "acts: [{id: weir, layer: B, text: W.}, {id: hose, layer: A, text: H.}]\n"
    (fault,) = draft(*pairs, attachments={"v.yaml": acts}).faults
    assert "'hose'" in fault.reason
    assert {f.what for f in draft(*pairs, attachments={"v.yaml": "acts: ["}).faults} == {"act", "form"}


@pytest.mark.parametrize(
    "text", ["[]", "title", "id: x", "parties: []\nzones: 3", "id: [1]\nreadings: {}\nresponses: [a]"]
)
def test_where_too_little_is_left_the_faults_are_told_all_the_same(text):
    found = read_draft(text, file="t.yaml")
    assert found.agreement is None
    assert found.faults
    assert {each.rule for each in lint(found).findings} == {"refused"}


HOSTILE = {
    "aliases": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", Malformed),
    "nesting": ("[" * 5000, LimitExceeded),
    "length": ("id: x\n" + "# y\n" * 200_000, LimitExceeded),
    "entries": ("a: [" + "1, " * 20_000 + "1]", LimitExceeded),
    "nothing": ("", Truncated),
    "not yaml": ("a: [", Malformed),
    "twice": ("id: x\nid: y\n", Malformed),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_terms_file_at_all_is_refused_at_once(name):
    text, kind = HOSTILE[name]
    before = time.process_time()
    with pytest.raises(kind) as caught:
        read_draft(text, file="t.yaml")
    assert time.process_time() - before < 3
    assert caught.value.file == "t.yaml"
    assert caught.value.line is not None


@pytest.mark.parametrize(
    "line",
    [
        "  - {{id: d{n}, text: D., uses: [d{n}]}}\n",
        "  - {{id: d{n}, text: D., acts: [no{n}]}}\n",
        "  - {{id: same, text: D.}}\n",
        "  - {{id: d{n}, text: D., nokey: 1}}\n",
    ],
)
def test_a_long_file_of_nothing_but_faults_is_read_in_bounded_time(line):
    many = "definitions:\n" + "".join(line.format(n=n) for n in range(1500))
    before = time.process_time()
    found = draft(("definitions:\n", many))
    assert time.process_time() - before < 15
    assert len(found.faults) >= 5


def test_the_limit_of_faults_looked_for_one_by_one_is_said():
    many = "definitions:\n" + "".join(f"  - {{id: d{n}, text: D., uses: [d{n}]}}\n" for n in range(60))
    reasons = [fault.reason for fault in draft(("definitions:\n", many)).faults]
    assert "more faults than are looked for; mend these first" in reasons
