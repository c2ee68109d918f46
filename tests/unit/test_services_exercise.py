# SPDX-License-Identifier: Apache-2.0
"""Scripts that a stranger would write: what is wrong is told with file and line, and nothing misspelt is passed over."""

from __future__ import annotations

import pytest
from commission_world import PEOPLE, START, rules

from truceline.base.yaml import parse
from truceline.commission.forms import WORDS, check_form
from truceline.errors import Malformed, StateError
from truceline.model.case import Act
from truceline.services.cases import Cases
from truceline.services.exercise import failures, outcome, play, read_script
from truceline.wire.acts import DATA

SCRIPT = """
exercise: x
title: X
terms: agreement.yaml
start: 2026-05-02T20:00:00Z
people:
  - {user: wanda, role: watch_officer}
  - {user: lia, role: liaison, of: A}
steps:
  - {at: "0:00", as: wanda, do: open, case: c, id: c, reason: seen, data: {title: Mill, origin: event}}
  - {at: "0:01", as: machine, do: notice, case: c, id: n, reason: stop it first}
  - {at: "0:02", as: lia, do: acknowledge, case: c, id: a, reason: read, data: {party: A}}
expect:
  c: {state: open}
"""


def read(text):
    return read_script(parse(text, file="s.yaml"), file="s.yaml")


def test_the_script_itself_is_good():
    script = read(SCRIPT)
    cases, played = play(script, rules(), lambda records: list(range(len(records))))
    told = outcome(script, cases, played, rules())
    assert told["failed"] == failures(script, told["cases"]) == []
    assert told["saw"]["lia"]["c"]["exhibits"] == 0


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("as: lia", "as: nobody", 12, "'nobody' is none of people"),
        ("as: lia, do: acknowledge", "as: nobody, refused: true, do: acknowledge", 12, "'nobody' is none of people"),
        ("party: A", "parti: A", 12, "acknowledge: unknown 'parti'; known: party"),
        ("{party: A}", "[A]", 12, "expected a map"),
        ("party: A", "party: [A]", 12, "party: expected a text"),
        ("origin: event", "origin: event, events: 7", 10, "events: expected a list"),
        ("id: a,", "id: n,", 12, "n was made by a step above"),
        ("do: notice, case: c, id: n", "do: open, case: c, id: n", 11, "case c was made by a step above"),
        ("id: a,", "refused: perhaps,", 12, "refused: true or false"),
        ('"0:02"', '"0:99"', 12, "go to 59"),
        ("id: a,", "id: a, why: because,", 12, "unknown key 'why'"),
        ("  c: {state: open}", "  c: open", 14, "per case label, a map"),
        ("20:00:00Z", "20:00:00", 5, "start: .* names no time zone"),
        ("start:", "end:", 5, "unknown key 'end'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old, new, line, said):
    assert SCRIPT.count(old) == 1
    with pytest.raises(Malformed, match=said) as refused:
        read(SCRIPT.replace(old, new))
    assert (refused.value.file, refused.value.line) == ("s.yaml", line)


@pytest.mark.parametrize("missing", ["people", "steps", "start", "terms"])
def test_what_is_missing_is_named(missing):
    root = parse(SCRIPT, file="s.yaml")
    del root.value[missing]
    with pytest.raises(Malformed, match=missing):
        read_script(root, file="s.yaml")


def test_words_of_acts_are_those_of_the_api():
    told = {kind: {f.alias or name for name, f in form.model_fields.items()} for kind, form in DATA.items()}
    assert {kind: set(words) for kind, words in WORDS.items() if kind != "absorb"} == told


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("propose", {"provisonal": True}, "unknown 'provisonal'"),
        ("propose", {"provisional": "yes"}, "true or false"),
        ("propose", {"coverage": 5}, "a map"),
        ("evidence", {"record": True}, "a number"),
        ("evidence", {"level": "cosmic"}, "level 'cosmic'"),
        ("notice", {"party": "A"}, "known: none"),
    ],
)
def test_a_word_misspelt_is_told(kind, data, said):
    with pytest.raises(Malformed, match=said):
        check_form(kind, data)


@pytest.mark.parametrize("data", [{"events": ["x"]}, {"events": [float("inf")]}, {"accused": [[]]}, {"complainant": 7}])
def test_an_opening_that_has_not_the_form_is_no_fault_of_ours(data):
    act = Act("c", "c", "open", PEOPLE["wanda"], START, "seen", {"title": "Mill", "origin": "event", **data})
    with pytest.raises((Malformed, StateError)):
        Cases(rules(), lambda records: list(range(len(records)))).do(act)
