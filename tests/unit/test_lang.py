# SPDX-License-Identifier: Apache-2.0
"""Catalogues: every language says the same things, in its own letters, with its own numbers, dates and plurals."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from truceline.base.clock import Interval
from truceline.errors import ConfigError
from truceline.lang import catalogue, languages, say
from truceline.lang.catalogue import FORMS, NBSP

OTHERS = [code for code in languages() if code != "en"]
MAY_BE_LATIN = re.compile(r"\{[^}]*\}|\bUTC\b|one-other|french|slavic")
SAME_WORD_IN_FRENCH = {
    *("format.date", "format.first_day", "format.moment", "format.percent", "explain.dated", "explain.position"),
    *("words.agreed", "words.consensus", "words.prohibited", "words.signed", "words.suspension"),
    *("sections.conditions", "sections.exceptions", "sections.lines", "sections.zones", "sections.commission"),
    *("explain.point", "labels.exceptions", "labels.lon", "labels.lat", "labels.positions"),
    *("words.grave", "labels.role", "words.personnel", "explain.clause"),
}
"""Keys whose French may be letter for letter the English."""
ENGLISH = re.compile(
    r"\b(the|of|and|or|is|are|by|from|with|not|no|it|what|which|who|that|than|be|been|to be|where|when|was|under)\b",
    re.IGNORECASE,
)


def moment(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_there_are_the_four_languages():
    assert set(languages()) >= {"en", "uk", "ru", "fr"}
    assert languages()[0] == "en"


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_the_same_keys_and_asks_for_the_same_values(code):
    english, other = catalogue("en"), catalogue(code)
    assert set(other.texts) == set(english.texts)
    assert set(other.nouns) == set(english.nouns)
    assert {key for key in english.texts if other.places(key) != english.places(key)} == set()
    assert all(text for text in other.texts.values())


@pytest.mark.parametrize("code", languages())
def test_every_noun_has_the_forms_its_language_counts_with(code):
    words = catalogue(code)
    for noun, forms in words.nouns.items():
        assert set(forms) == set(FORMS[words.texts["format.plural"]]), noun
        for n in (0, 1, 2, 5, 11, 21, 22, 25, 111, 1.5):
            assert words.count(n, noun).endswith(tuple(forms.values()))


@pytest.mark.parametrize("code", languages())
def test_nouns_that_sentences_ask_for_exist(code):
    words = catalogue(code)
    asked = {noun for text in words.texts.values() for noun in re.findall(r"\{\w+\|([\w.]+)\}", text)}
    assert asked <= set(words.nouns)


@pytest.mark.parametrize("code", ["uk", "ru"])
def test_no_latin_word_leaks_into_cyrillic(code):
    words = catalogue(code)
    forms = {f"{noun}.{form}": said for noun, all_of in words.nouns.items() for form, said in all_of.items()}
    leaks = {
        key: said for key, said in {**words.texts, **forms}.items() if re.search("[A-Za-z]", MAY_BE_LATIN.sub("", said))
    }
    assert leaks == {}


def test_ukrainian_and_russian_keep_their_own_letters():
    assert not re.search("[ыэъё]", "".join(catalogue("uk").texts.values()), re.IGNORECASE)
    assert not re.search("[іїєґ]", "".join(catalogue("ru").texts.values()), re.IGNORECASE)


def test_no_english_word_leaks_into_french():
    english, french = catalogue("en"), catalogue("fr")
    same = {key for key, said in french.texts.items() if said == english.texts[key] and re.search(r"[a-z]{3}", said)}
    same -= {key for key in same if not re.search(r"[a-z]{3}", re.sub(r"\{[^}]*\}|UTC", "", french.texts[key]))}
    assert same <= SAME_WORD_IN_FRENCH
    assert {k: t for k, t in french.texts.items() if ENGLISH.search(re.sub(r"\{[^}]*\}", "", t))} == {}


@pytest.mark.parametrize(
    ("code", "said"),
    [("en", "12,345.5"), ("uk", f"12{NBSP}345,5"), ("ru", f"12{NBSP}345,5"), ("fr", "12\u202f345,5")],
)
def test_numbers_are_written_as_the_language_writes_them(code, said):
    assert catalogue(code).number(12345.5) == said
    assert catalogue(code).number(7) == "7"
    assert catalogue(code).number(-2).startswith("\N{MINUS SIGN}")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["1 hour", "2 hours", "5 hours", "21 hours", "0.5 hours"]),
        ("uk", ["1 година", "2 години", "5 годин", "21 година", "0,5 години"]),
        ("ru", ["1 час", "2 часа", "5 часов", "21 час", "0,5 часа"]),
        ("fr", ["1 heure", "2 heures", "5 heures", "21 heures", "0,5 heure"]),
    ],
)
def test_nouns_follow_their_number(code, said):
    found = [catalogue(code).count(n, "hour").replace(NBSP, " ") for n in (1, 2, 5, 21, 0.5)]
    assert found == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "from 11 April 2026, 13:00 UTC to 1 May 2026, 21:30 UTC"),
        ("uk", "від 11 квітня 2026 року, 13:00 UTC до 1 травня 2026 року, 21:30 UTC"),
        ("ru", "с 11 апреля 2026 года, 13:00 UTC до 1 мая 2026 года, 21:30 UTC"),
        ("fr", "du 11 avril 2026, 13:00 UTC au 1er mai 2026, 21:30 UTC"),
    ],
)
def test_periods_are_written_with_the_months_of_the_language(code, said):
    period = Interval(moment(2026, 4, 11, 13), moment(2026, 5, 1, 21, 30))
    assert catalogue(code).stretch(period).replace(NBSP, " ") == said


def test_local_time_names_its_day_where_that_is_another():
    words = catalogue("en")
    assert words.moment(moment(2026, 4, 12, 13), 3).endswith("13:00 UTC (16:00 local time)")
    assert words.moment(moment(2026, 4, 12, 21), 3).replace(NBSP, " ").endswith("(13 April 2026, 00:00 local time)")
    assert words.moment(moment(2026, 4, 12, 21, 0, 5)).endswith("21:00:05 UTC")
    assert words.moment(moment(9999, 12, 31, 23), 3).endswith("23:00 UTC"), "local time would leave the calendar"


def test_shares_never_round_to_none_or_all():
    words = catalogue("en")
    said = [words.percent(share).replace(NBSP, " ") for share in (0, 0.001, 0.714, 0.999, 1)]
    assert said == ["0 %", "under 1 %", "71 %", "over 99 %", "100 %"]
    assert words.chance(0.3, 0.71).replace(NBSP, " ") == "unlikely to likely (30 % to 71 %)"
    assert words.chance(0.96, 0.96).replace(NBSP, " ") == "almost certain (96 %)"


def test_lists_are_joined_and_values_put_in():
    assert say("en", "explain.prohibited", acts=["shelling", "mining", "detention"]) == (
        "Prohibited: shelling, mining and detention."
    )
    assert say("fr", "format.at_entry") == "à l’entrée en vigueur"
    assert catalogue("en").value(True) == "yes"
    assert catalogue("uk").join([], "or") == ""
    with pytest.raises(TypeError):
        catalogue("en").value(object())


def test_faults_of_the_caller_are_loud():
    with pytest.raises(ConfigError, match="en, fr, ru, uk"):
        say("de", "words.yes")
    with pytest.raises(KeyError):
        say("en", "words.nonsense")
    with pytest.raises(KeyError):
        say("en", "explain.prohibited")
