# SPDX-License-Identifier: Apache-2.0
"""Claims answered in English, Ukrainian, Russian and French: the same answer, in words that are never stronger."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest
from run_factory import make_run, passes

from truceline.assessment.paste_language import language_of
from truceline.cli.claim import show
from truceline.errors import Malformed
from truceline.flow.checking import check
from truceline.flow.claimed import Asked, count_of, understand
from truceline.flow.ground import Ground
from truceline.lang import catalogue, languages, say
from truceline.model.claim import Verdict
from truceline.model.look import Denial
from truceline.reports import claim_sheet


@pytest.fixture(scope="module")
def ground():
    run = make_run()
    loose = replace(run.agreement, coverage_floor=0.001)
    return Ground.of(replace(run, agreement=loose, passes=passes(), denials=()))


@pytest.fixture(scope="module")
def window(ground):
    return ground.agreement.window


@pytest.fixture(scope="module")
def late(window):
    return window.end + timedelta(days=30)


def fires(window, count, qualifier="", **more):
    stated = {"what": "fires", "start": window.start, "end": window.end} | more
    return Asked(count=count, qualifier=qualifier, **stated)


TEXTS = (
    "North said South lit more than {n} fires along the front line during the truce",
    "40 fires near Pokrovsk on 12 April 2026",
    "5 violations near Pokrovsk on 12 April 2026 from 03:00 to 03:10 UTC",
    "many fires last night in the Donbas by both sides",
    "7 fires on 12 April 2024",
    "",
)
HIDDEN = re.compile(r"\{\w|\b(?:None|nan|True|False)\b")
LATIN = re.compile(r"[a-z]{3,}", re.IGNORECASE)


def told(ground, text, late, code, **options):
    asked = replace(understand(ground, text, code), **options)
    checked = check(ground, asked, now=late).plain()
    return checked, claim_sheet.sheet(checked, title="W", made=late, ledger={"origin": "o", "size": 5, "root": "ab"})


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


@pytest.mark.parametrize("text", TEXTS)
def test_the_answer_is_the_same_in_every_language_and_no_word_of_another_is_left(ground, late, text):
    english, _ = told(ground, text.format(n=10**6), late, "en")
    for code in languages():
        checked, sheet = told(ground, text.format(n=10**6), late, code)
        for key in ("verdict", "compatible", "compatible_99", "coverage", "passes", "sensors", "seen", "hours"):
            assert checked[key] == english[key]
        assert len(checked["reasons"]) == len(english["reasons"])
        assert sheet["verdict"] == say(code, f"claim.{checked['verdict'].replace(' ', '_')}")
        assert not [text for text in strings(sheet) if HIDDEN.search(text)]
        if code in ("uk", "ru"):
            own = re.compile(
                r"[«“][^»”]*[»”]|VIIRS\S*|UTC|North|South|Pokrovsk|fires|violations|Donbas|last night|both sides"
            )
            texts = {key: value for key, value in sheet.items() if key not in ("ledger", "language")}
            assert not [text for text in strings(texts) if LATIN.search(own.sub("", text))]


@pytest.mark.parametrize("code", languages())
def test_no_verdict_is_stronger_than_the_three_words(code):
    words = catalogue(code)
    said = [words.say(f"claim.{name}") for name in ("consistent", "inconsistent", "cannot_be_judged")]
    assert len(set(said)) == 3
    strong = re.compile(
        r"\b(?:true|false|lie|proved|proven|confirmed|refuted|vrai|faux|prouvé|confirmé|réfuté)\b|"
        r"правда|неправда|брехн|доведено|підтверджено|спростовано|ложь|доказан|подтвержден|опроверг",
        re.IGNORECASE,
    )
    assert not [text for key, text in words.texts.items() if key.startswith("claim.") and strong.search(text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("There were 40 fires near Pokrovsk", "en"),
        ("40 fires", "en"),
        ("", "en"),
        ("12345", "en"),
        ("За даними Києва виникло сорок пожеж", "uk"),
        ("40 пожеж", "uk"),
        ("Под Покровском произошло не менее 15 пожаров", "ru"),
        ("Было 15 пожаров", "ru"),
        ("Selon Kyiv, 12 incendies pendant la trêve", "fr"),
        ("12 incendies", "fr"),
        ("Kyiv said: «пожежа»; 40 fires were seen along the whole front", "en"),
    ],
)
def test_the_language_of_a_claim_is_the_language_of_the_answer(ground, text, code):
    assert language_of(text) == code
    assert understand(ground, text).language == code
    assert understand(ground, text, "fr").language == "fr"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("понад 500", (500, "more than")),
        ("не менее 500", (500, "at least")),
        ("moins de 500", (500, "fewer than")),
        ("about 500", (500, "about")),
        ("рівно 500", (500, "")),
    ],
)
def test_counts_are_read_in_every_language(text, want):
    assert count_of(text) == want


@pytest.mark.parametrize("text", ["not 500", "ignore 500", "<b>500"])
def test_words_before_a_count_that_are_no_qualifier_are_refused_not_dropped(text):
    with pytest.raises(Malformed):
        count_of(text)


def test_every_answer_says_what_could_have_seen_it_even_where_no_time_is_stated(ground, window, late):
    for text in ("300 fires along the front last night", "300 fires along the front line"):
        found = check(ground, understand(ground, text), now=late).plain()
        assert found["verdict"] == "cannot be judged"
        assert found["passes"]
        assert found["coverage"] is not None
        assert f"What follows is for the time {catalogue('en').stretch(window)}." in found["reasons"][0][1]


def test_a_number_never_stands_without_its_place_its_time_and_its_coverage(ground, late):
    """For a town everybody is told of a province: the numbers say so, and nothing of the town is held against them."""
    checked, sheet = told(ground, "1 fire near Pokrovsk on 12 April 2026", late, "en")
    assert "within 75 km of Pokrovsk, from" in sheet["compatible"]
    assert not [text for _, text in checked["reasons"] if "compatible" in text]
    seen = dict(checked["reasons"])["What was watched and seen"]
    assert "would have been detected within 75 km of Pokrovsk" in seen
    many, _ = told(ground, "1000000 fires near Pokrovsk on 12 April 2026", late, "en")
    assert many["verdict"] == "inconsistent"
    assert "within 75 km of Pokrovsk" in dict(many["reasons"])["A wider place and time"]


def test_a_claim_without_a_number_is_told_as_one(ground, late):
    _, sheet = told(ground, "Many fires burned along the front line during the truce", late, "en")
    assert sheet["claim"] == "Somebody says: fires (no number)."


def test_hours_without_a_pass_cannot_be_judged_whatever_the_rest_of_the_day_tells(ground, late):
    checked, sheet = told(ground, "1000000 fires near Pokrovsk on 12 April 2026 from 04:00 to 04:05 UTC", late, "en")
    assert checked["verdict"] == "cannot be judged"
    assert checked["reasons"][0][0] == "Not watched"
    assert "not observed" in sheet["seen"]


def test_a_pass_that_was_not_read_is_no_watch(ground, window, late):
    blind = replace(ground, denials=tuple(Denial(s, window, "jammed", "t") for s in {k.sensor for k in ground.looks}))
    found = check(blind, fires(window, 10**6), now=late)
    assert found.verdict is Verdict.CANNOT_BE_JUDGED
    assert "none of these passes could be read" in found.reasons[0][1]


def test_outside_the_watch_nothing_is_told_as_if_it_had_been_looked_at(ground, window, late):
    checked, sheet = told(ground, "7 fires on 12 April 2024", late, "en")
    assert checked["reasons"][0][0] == "Outside the watch"
    assert (checked["coverage"], checked["compatible"], sheet["compatible"]) == (None, None, "")
    beyond = replace(ground, extent=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),))
    far = check(beyond, fires(window, 7, where="13.4,52.5,50"), now=late)
    assert "do not reach this place" in far.reasons[0][1]
    assert far.coverage is None
    late_half = fires(window, 7, end=ground.period.end + timedelta(days=2))
    assert any(heading == "Partly outside the watch" for heading, _ in check(ground, late_half, now=late).reasons)


def test_a_sector_is_not_told_to_everybody(ground, window, late):
    assert ground.view.coverage.sectors[0].end_m < 150_000
    found = check(ground, fires(window, 5, where="sector:1"), now=late)
    assert "within 75 km of" in found.coverage_of
    assert "sector 1" in check(ground, fires(window, 5, where="sector:1"), now=late, public=False).coverage_of


def test_the_claim_is_mirrored_when_the_parties_are_swapped(ground, late):
    a, b = (party.name for party in ground.agreement.parties)
    for code in languages():
        found = []
        for one, other in ((a, b), (b, a)):
            text = f"{one} said {other} lit 40 fires along the front line during the truce"
            checked, sheet = told(ground, text, late, code)
            assert checked["claim"]["accused"] == other
            whole = json.dumps([checked, sheet], ensure_ascii=False)
            found.append(whole.replace(one, "<1>").replace(other, "<2>"))
        assert found[0] == found[1]


def test_the_sheet_names_its_language_and_is_one_page_in_each(ground, window, late):
    for code in languages():
        _, made = told(ground, "40 fires near Pokrovsk from 2 April 2026 to 12 April 2026", late, code)
        paper = pypdf.PdfReader(io.BytesIO(claim_sheet.pdf(made, late)))
        assert len(paper.pages) == 1
        assert f'<html lang="{code}">' in claim_sheet.html(made).decode()
        text = " ".join(paper.pages[0].extract_text().split())
        assert say(code, "sheet.h_why") in text


@pytest.mark.parametrize("code", languages())
def test_the_terminal_says_all_that_the_sheet_says(ground, late, capsys, code):
    checked, sheet = told(ground, "40 fires near Pokrovsk on 12 April 2026", late, code)
    show(sheet)
    out = capsys.readouterr().out
    assert len(sheet["sensors"]) > 1
    assert len(sheet["passes"]) == 1 + min(len(checked["passes"]), claim_sheet.MOST_PASSES)
    left_out = ("title", "kicker", "ledger", "heads", "language")
    assert [
        text for key, value in sheet.items() if key not in left_out for text in strings(value) if text not in out
    ] == []
