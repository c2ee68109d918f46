# SPDX-License-Identifier: Apache-2.0
"""The explanation says everything the data say, in each language, and nothing in another one."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from truceline import cli
from truceline.base.clock import Interval
from truceline.errors import ConfigError
from truceline.flow.terms_files import read_terms_file
from truceline.lang import catalogue, languages
from truceline.model.clauses import Clock, Source, When
from truceline.model.proof import Fact
from truceline.scrutiny.explain import _Writer, explain
from truceline.scrutiny.parts import Word, parts
from truceline.terms import load

FULL = Path(__file__).resolve().parents[1] / "vectors" / "terms" / "full.yaml"
WORDS = {
    "status": ("agreed", "disputed"),
    "kind": ("other", "exercise"),
    "role": ("chair", "monitor"),
    "rule": ("permitted", "prohibited"),
    "recused": ("parties", "none"),
    "severity": ("minor", "grave"),
    "origin": ("breach", "detection"),
    "layer": ("B", "C"),
}
"""Words among which a field's other value is looked for."""
LISTS = {
    "acts": ("mining", "detention"),
    "weapons": ("tank", "mine"),
    "classes": ("bridge", "school"),
    "seen_by": ("patrol", "radio"),
    "unknown": ("zone", "window"),
}
UNTOLD = {
    ("Zone", "from_km"): "0 where no nearest distance is given, and the sentence says so",
    ("Change", "section"): "told by the heading of the change",
}


@pytest.fixture(scope="module")
def agreement():
    return load(FULL.read_text("utf-8"), file="full.yaml")


def other(thing, name, value):
    """A value that a field could have instead, or None where this test knows none."""
    if isinstance(value, bool):
        return not value
    if name in WORDS and (value is None or isinstance(value, str)):
        return next(word for word in WORDS[name] if word != value)
    if name in LISTS and isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return LISTS[name][:1] if value != LISTS[name][:1] else LISTS[name][1:]
    if isinstance(value, Clock):
        return replace(value, hours=(value.hours or 0) + 5)
    if isinstance(value, When):
        return When(datetime.fromisoformat("2031-01-02T03:04:00+00:00"))
    if isinstance(value, Interval):
        return Interval(value.start, value.end - timedelta(minutes=1))
    if isinstance(value, datetime):
        return value + timedelta(minutes=1)
    if isinstance(value, Source):
        return replace(value, date="1999-12-31")
    if isinstance(value, int | float):
        return value / 2 + 0.125 if isinstance(value, float) else value + 1
    if isinstance(value, str):
        return f"{value}-ξ"
    if isinstance(value, tuple) and value:
        return value[:-1] if len(value) > 1 else (*value, *value)
    if isinstance(value, dict) and value:
        return {}
    return Fact("votes") if name == "policy" else None


def changed_things(agreement):
    """Every (section, id, thing, field, the thing with that field changed) of the example."""
    for section, things in parts(agreement).items():
        for name, thing in things.items():
            for each in fields(thing) if is_dataclass(thing) else ():
                instead = other(thing, each.name, getattr(thing, each.name))
                if (
                    instead is None
                    or (type(thing).__name__, each.name) in UNTOLD
                    or section == "readings"
                    or each.name in getattr(thing, "unknown", ())
                ):
                    continue
                if isinstance(thing, Word) and each.name == "text":
                    continue  # words of the vocabulary are told in the reader's language
                yield section, name, thing, each.name, replace(thing, **{each.name: instead})


@pytest.mark.parametrize("code", languages())
def test_no_datum_can_change_without_the_explanation_changing(agreement, code):
    writer = _Writer(agreement, catalogue(code))
    tried, untold = 0, []
    for section, name, thing, field, changed in changed_things(agreement):
        tried += 1
        if writer.item(name, thing) == writer.item(getattr(changed, "id", name), changed):
            untold.append(f"{section}/{name}.{field}")
    assert untold == []
    assert tried > 250


def test_every_clause_and_reading_is_there(agreement):
    found = explain(agreement, "en").to_json()
    told = {section["section"]: {item["id"] for item in section["items"]} for section in found["sections"]}
    for section, things in parts(agreement).items():
        with_id = {name for name, thing in things.items() if hasattr(thing, "id")}
        assert with_id <= told.get(section, set()), section
    south = next(item for s in found["sections"] for item in s["items"] if item["id"] == "south")
    assert [item["id"] for item in south["items"]] == [
        *("guns", "guns-B", "energy-facility", "warn", "self-defence", "out-B", ""),
    ]
    assert south["items"][-1]["items"][0]["id"] == "sea-quiet"


def test_a_reading_says_what_it_changes_beside_what_the_text_has(agreement):
    text = " ".join(explain(agreement, "en").text().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Farthest distance: 20 km, where the text has: 25 km." in text
    assert "Set off by: “a persistent breach”, where the text has: “any breach”." in text
    assert "Leaves out: jamming." in text
    assert "This change is held by South." in text


def test_windows_are_told_in_both_clocks(agreement):
    text = " ".join(explain(agreement, "fr").text().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "du 30 avril 2026, 22:00 UTC (1er mai 2026, 00:00 heure locale) au 30 mai 2026, 22:00 UTC" in text
    assert "Dans les mots du texte : « No strike on energy facilities. » Interdit" in text


def without_data(text, agreement, code):
    """The explanation without what is quoted, ids, addresses, dates and numbers: what is left is the language's own."""
    words = catalogue(code)
    open_, close = words.texts["format.open"].strip(), words.texts["format.close"].strip()
    text = re.sub(rf"{open_}[^»”]*{close}|https?://[^\s;)]+", " ", text)
    ids = {name for things in parts(agreement).values() for name in things} | {agreement.id}
    ids |= {p.id for r in agreement.readings for p in r.provisions}
    ids |= {o.id for of in (agreement, *agreement.readings) for z in of.zones for o in z.objects} | {
        p.id for q in agreement.parties for p in q.proxies
    }
    ids |= {m.id for m in agreement.commission.members} | {o.name for o in agreement.others}
    ids |= {part for p in agreement.parties for part in (p.name, p.names.get(code, ""))} | {
        "N-1",
        "N-2",
        "N-3",
    }
    for each in sorted(filter(None, ids), key=len, reverse=True):
        text = text.replace(each, " ")
    return re.sub(r"\b[0-9a-f]{8}\b|\bUTC\b|\((A|B|fr|ru|uk|en)\)", " ", text)


@pytest.mark.parametrize("code", ["uk", "ru"])
def test_no_latin_word_leaks_into_cyrillic_prose(agreement, repository, code):
    shipped = (read_terms_file(path).agreement for path in sorted(repository.glob("examples/*/terms/agreement*.yaml")))
    for each in (agreement, *shipped):
        text = " ".join(explain(each, code).text().split())
        left = re.sub(r"\b[BC]\b", " ", without_data(text, each, code))
        assert re.findall(r"\S*[A-Za-z]\S*", left) == [], each.id


def test_no_english_word_leaks_into_french_prose(agreement):
    left = without_data(" ".join(explain(agreement, "fr").text().split()), agreement, "fr")
    english = r"\b(the|of|and|or|is|are|by|from|with|not|no|which|who|that|than|be|where|when|unknown|weapon|strike)\b"
    assert re.findall(english, left, re.IGNORECASE) == []


def test_same_data_same_words(agreement):
    again = load(FULL.read_text("utf-8"), file="full.yaml")
    for code in languages():
        assert explain(agreement, code) == explain(again, code)


def test_a_small_agreement_says_what_it_lacks():
    text = FULL.read_text("utf-8")
    small = load(minimal(text), file="small.yaml")
    found = explain(small, "en")
    assert "Points in words" in found.nothing
    told = " ".join(found.text().split())
    assert "No source names a commission." in told
    assert "The agreement gives no rules; these are the defaults." in told
    assert "The agreement gives no standard for this; this is the default." in told
    assert "two modalities" not in told, "the default's English words are no quotation of this text"


def minimal(text):
    del text
    return (
        "id: m\ntitle: M\nversion: '1'\nlocal_offset_hours: 0\ncoverage_floor: 0.1\n"
        "parties: [{id: A, name: North, forces: N}, {id: B, name: South, forces: S}]\n"
        "zones: [{id: all, kind: everywhere}]\n"
        "provisions:\n  - id: p\n    text: Nothing is fired.\n    acts: [act_of_war]\n    actors: [A, B]\n    zone: all\n"
        "    window: {from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z}\n"
        "readings: [{id: r, name: R, summary: S., held_by: [mediator], source: {outlet: O}}]\n"
        "responses: {A: {text: none published}, B: {text: none published}}\n"
    )


def test_text_from_outside_cannot_drive_a_terminal():
    text = minimal("").replace("Nothing is fired.", '"Nothing \\u001b[2J is \\u202e fired."')
    assert not re.search("[\x1b\u202e]", explain(load(text, file="m.yaml"), "en").text())


def test_swapped_parties_mirror_the_explanation():
    text = minimal("").replace("actors: [A, B]", "actors: [A]")
    swapped = text.replace("actors: [A]", "actors: [B]").replace("North", "X").replace("South", "North")
    swapped = swapped.replace("X", "South").replace("forces: N", "forces: T").replace("forces: S", "forces: N")
    swapped = swapped.replace("forces: T", "forces: S")
    first, second = (explain(load(each, file="m.yaml"), "en").to_json()["sections"] for each in (text, swapped))
    clause = [next(s for s in each if s["section"] == "provisions") for each in (first, second)]
    assert clause[0] == clause[1], "who is bound is told by name, whatever the label"


def test_an_unknown_language_is_refused(agreement):
    with pytest.raises(ConfigError, match="no language 'de'"):
        explain(agreement, "de")


def test_the_command_prints_text_and_json(capsys):
    assert cli.main(["terms", "explain", str(FULL), "--lang", "ru"]) == 0
    assert "Положения" in capsys.readouterr().out
    assert cli.main(["terms", "explain", str(FULL), "--json"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert '"language":"en"' in last
    assert '"agreement":"valley-accord"' in last
