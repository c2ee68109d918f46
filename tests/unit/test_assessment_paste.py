# SPDX-License-Identifier: Apache-2.0
"""What is read out of a pasted claim, what is said of it, and what is not read because it may mean two things."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.assessment.paste import FIELDS, Known, qualifier_of, read
from truceline.base.clock import Interval
from truceline.lang import catalogue

KNOWN = Known(
    [("North", "North"), ("Northern army", "North"), ("Northern", "North"), ("South", "South"), ("Southern", "South"),
     ("Північ", "North"), ("північний", "North"), ("Северия", "North"), ("Nord", "North"), ("ПА", "South"),
     ("Південия", "South"), ("Южия", "South"), ("Sudie", "South")],
    ["Pokrovsk", "Huliaipole", "North", "Izium", "Kharkiv"],
    Interval(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 23, tzinfo=UTC)),
    3.0,
    Interval(datetime(2026, 4, 11, 13, tzinfo=UTC), datetime(2026, 4, 12, 21, tzinfo=UTC)),
    [("Покровськ", "Pokrovsk"), ("Покровск", "Pokrovsk"), ("Харків", "Kharkiv"), ("Харьков", "Kharkiv"), ("Izyum", "Izium")],
)  # fmt: skip


def got(text, known=KNOWN):
    return {part.field: part for part in read(text, known)}


def values(text):
    return {name: part.value for name, part in got(text).items()}


def at(day, hour=0, minute=0):
    return datetime(2026, 4, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "count", "qualifier", "what"),
    [
        ("North said there were 12 fires", 12, "", "fires"),
        ("more than 2,299 ceasefire violations by South", 2299, "more than", "ceasefire violations"),
        ("about 1 500 hot spots in the night", 1500, "about", "hot spots"),
        ("около сотни пожаров", 100, "about", "пожаров"),
        ("близько сотні пожеж", 100, "about", "пожеж"),
        ("no fewer than 40 thermal anomalies", 40, "at least", "thermal anomalies"),
        ("South violated the truce 469 times", 469, "", "truce violations"),
        ("no fires were seen", 0, "", "fires"),
        ("three fires near Pokrovsk", 3, "", "fires"),
        ("with 120 mm mortars, 7 fires", 7, "", "fires"),
        ("killed 3 people and lit 5 fires", 5, "", "fires"),
        ("twenty-five fires", 25, "", "fires"),
        ("two hundred and six fires", 206, "", "fires"),
        ("a dozen fires", 12, "about", "fires"),
        ("a billion fires", 10**9, "", "fires"),
        ("півтора десятка, 2 млн пожеж", 2_000_000, "", "пожеж"),
        ("deux millions d'incendies", 2_000_000, "", "incendies"),
        ("in 3 villages, 40 fires", 40, "", "fires"),
        ("in 3 villages forty fires", 40, "", "fires"),
        ("<b onclick=alert(1)>40</b> fires<script>7</script>", 40, "", "fires"),
        ("4\u200b0 fi\u00adres\u202e near", 40, "", "fires"),
        ("12 пожариv".replace("иv", "и\u0306"), 12, "", "пожарй"),
        ("40 wildfires", 40, "", "wildfires"),
        ("not a single fire was seen", 0, "", "fire"),
        ("2.5 thousand fires", 2500, "", "fires"),
        ("горіло понад 900 пожеж.", 900, "more than", "пожеж"),
        ("двадцять п'ять пожеж поблизу", 25, "", "пожеж"),
        ("не було жодної пожежі на лінії", 0, "", "пожежі"),
        ("щонайменше 2,5 тис. загорянь", 2500, "at least", "загорянь"),
        ("около десятка возгораний", 10, "about", "возгораний"),
        ("не более 30 очагов возгорания", 30, "at most", "очагов возгорания"),
        ("свыше двухсот сорока пожаров", 240, "more than", "пожаров"),
        ("ни одного пожара", 0, "", "пожара"),
        ("au moins quatre-vingt-dix incendies", 90, "at least", "incendies"),
        ("une vingtaine d’incendies ont", 20, "about", "incendies"),
        ("aucun incendie n'a été vu", 0, "", "incendie"),
        ("un incendie", 1, "", "incendie"),
        ("за 32 години поранено 5 людей і 7 пожеж", 7, "", "пожеж"),
    ],
)
def test_counts(text, count, qualifier, what):
    found = got(text)
    assert (found["count"].value, qualifier_of(found["count"]), found["what"].value) == (count, qualifier, what)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "all was quiet",
        "dozens of fires",
        "on 11 April at 13:00",
        "120 mm",
        "5.5 fires",
        "between 40 and 50 fires",
        "сотні пожеж",
        "12 апреля",
        "pendant 24 heures",
        "тысячи пожаров",
        "-5 fires",
        "millions of fires",
        "9999999999999 billion fires",
    ],
)
def test_no_count(text):
    assert got(text)["count"].value is None
    assert got(text)["count"].note


def test_other_numbers_are_told():
    assert "20" in got("12 fires and 20 fires")["count"].note


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("from 13:00 UTC on 11 April to 21:00 UTC on 12 April 2026", at(11, 13), at(12, 21)),
        ("between 16:00 local time on April 11 and 08:00 on April 12", at(11, 13), at(12, 5)),
        ("from 16:00 Northern time on 11 April 2026 to 18:30", at(11, 13), at(11, 15, 30)),
        ("2026-04-11T13:00Z to 2026-04-11T15:00Z", at(11, 13), at(11, 15)),
        ("13:00–15:00 UTC+3 on 11.04.2026", at(11, 10), at(11, 12)),
        ("on 11 April", at(11), at(12)),
        ("le 11 avril à 11 h", at(11, 11), at(11, 12)),
        ("le 11 avril à 11:00 UTC", at(11, 11), at(11, 12)),
        ("10 to 12 April", at(10), at(13)),
        ("April 10-12, 2026", at(10), at(13)),
        ("the 11th of April, 4 p.m. to 6 p.m. MSK", at(11, 13), at(11, 15)),
        ("on 11 April, from noon to 18:00 GMT", at(11, 12), at(11, 18)),
        ("from 11 April 2026 16:00 UTC to 12 April 2026", at(11, 16), at(13)),
        ("from 11 April to 16:00 UTC on 12 April 2026", at(11), at(12, 16)),
        ("between April 11 and 08:00 UTC on April 12", at(11), at(12, 8)),
        ("during the Easter truce", at(11, 13), at(12, 21)),
        ("throughout the ceasefire", at(11, 13), at(12, 21)),
        ("on 10 April, before and in the truce", at(10), at(11)),
        ("з 16:00 11 квітня до 08:00 12 квітня за північним часом", at(11, 13), at(12, 5)),
        ("12 квітня 2026 року", at(12), at(13)),
        ("с 11 по 12 апреля", at(11), at(13)),
        ("12 апреля с 9 до 20 часов мск", at(12, 6), at(12, 17)),
        ("с 8 утра до 9 вечера 12 апреля", at(12, 8), at(12, 21)),
        ("du 11 au 12 avril", at(11), at(13)),
        ("le 11 avril entre 16 h et 20 h 30, heure locale", at(11, 13), at(11, 17, 30)),
        ("під час великоднього перемир'я", at(11, 13), at(12, 21)),
        ("во время режима прекращения огня", at(11, 13), at(12, 21)),
        ("pendant la trêve pascale", at(11, 13), at(12, 21)),
        ("у ніч на 12 квітня", at(11, 15), at(12, 3)),
        ("в ночь на 12 апреля 2026 года", at(11, 15), at(12, 3)),
        ("в ночь с 11 на 12 апреля", at(11, 15), at(12, 3)),
        ("dans la nuit du 11 au 12 avril", at(11, 15), at(12, 3)),
        ("in the night from 11 to 12 April", at(11, 15), at(12, 3)),
        ("overnight into 12 April", at(11, 15), at(12, 3)),
    ],
)
def test_periods(text, start, end):
    found = values(f"12 fires {text}")
    assert (found["from"], found["to"]) == (start, end)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("yesterday", "“yesterday” counts from the day of publication"),
        ("last night", "“last night” counts from"),
        ("вчора ввечері", "“вчора ввечері” counts from"),
        ("минувшей ночью", "“минувшей ночью” counts from"),
        ("la nuit dernière", "“la nuit dernière” counts from"),
        ("during the truce, last night", "“last night” counts from"),
        ("on the night of 12 April", "may mean two nights"),
        ("вночі 12 квітня", "may mean two nights"),
        ("in the night of 10 to 13 April", "may mean two nights"),
        ("that violated the truce", "no date is stated"),
        ("during the truce, at 13:00", "no date is stated"),
        ("on 12 April to 11 April at 16:00", "ends before it begins"),
        ("on 04/05/2026", "may mean two days"),
        ("on 31 April 2026", "no day of the calendar"),
        ("from 21:00 to 13:00 on 11 April", "ends before it begins"),
        ("at 13:00 on 10 April and 11 April and 12 April", "not clear which belongs to which"),
        ("13:00 to 14:00 between 9 April, 10 April and 11 April", "not clear which belongs to which"),
    ],
)
def test_a_period_that_is_not_clear_is_not_read(text, word):
    found = got(f"12 fires {text}")
    assert (found["from"].value, found["to"].value) == (None, None)
    assert word in found["from"].note


def test_what_was_taken_of_a_truce_or_of_a_day_is_said():
    assert "hours of the truce were taken" in got("12 fires during the truce")["from"].note
    assert "the whole was taken" in got("12 fires from 11 April to 16:00 UTC on 12 April")["from"].note
    unknown = got("12 fires during the truce", replace(KNOWN, truce=None))
    assert (unknown["from"].value, unknown["to"].value) == (None, None)


def test_one_end_only():
    found = got("12 fires until 18:00 UTC on 11 April")
    assert (found["from"].value, found["to"].value) == (None, at(11, 18))
    for text in ("12 fires since 18:00 UTC on 11 April", "12 пожеж після 18:00 11 квітня"):
        assert (values(text)["from"], values(text)["to"]) == (at(11, 18), None)
    assert (values("12 fires since 11 April")["from"], values("12 fires since 11 April")["to"]) == (at(11), None)
    assert values("станом на 12 квітня 12 пожеж")["to"] == at(13)


def test_what_was_taken_for_granted_is_said():
    found = got("12 fires at 13:00 on 11 April")
    assert "of the watch" in found["from"].note
    assert "taken as UTC" in found["from"].note
    assert "one hour" in found["to"].note
    assert "whole line" in found["where"].note
    assert "“Paris time” is not known" in got("12 fires at 13:00 Paris time on 11 April")["from"].note
    assert "UTC+3" in got("12 fires from 13:00 local time to 14:00 on 11 April")["from"].note


@pytest.mark.parametrize(
    ("text", "who", "accused"),
    [
        ("North said Southern troops lit 12 fires", "North", "South"),
        ("The Southern command accused North of 12 attacks", "South", "North"),
        ("According to the North, 12 fires", "North", None),
        ("12 fires, said South", "South", None),
        ("12 fires by the Northern army", None, "North"),
        ("12 fires by South, said North", "North", "South"),
        ("In South, North said 12 fires burned", "North", None),
        ("Північ заявила про 12 пожеж з боку ПА", "North", "South"),
        ("12 пожеж з боку ПА, повідомила Північ", "North", "South"),
        ("По данным Северии, 12 пожаров", "North", None),
        ("Южия: 12 пожаров", "South", None),
        ("Selon l'état-major du Nord, Sudie a provoqué 12 incendies", "North", "South"),
        ("North and South met", None, None),
        ("Nobody said anything", None, None),
    ],
)
def test_who(text, who, accused):
    found = values(text)
    assert (found["who"], found["accused"]) == (who, accused)


def test_parties_that_change_names_change_nothing_else():
    text = "North said Southern troops lit 12 fires near Pokrovsk on 11 April"
    turned = text.replace("North", "*").replace("South", "North").replace("*", "South")
    one, other = values(text), values(turned)
    assert (one["who"], one["accused"]) == (other["accused"], other["who"])
    assert {k: v for k, v in one.items() if k not in ("who", "accused")} == {
        k: v for k, v in other.items() if k not in ("who", "accused")
    }


@pytest.mark.parametrize(
    ("text", "where", "word"),
    [
        ("12 fires near Pokrovsk", "Pokrovsk", "25 km"),
        ("12 fires near Izyum", "Izium", "25 km"),
        ("12 пожеж поблизу Покровська", "Pokrovsk", "25 km"),
        ("12 пожеж у Харкові", "Kharkiv", "25 km"),
        ("12 пожаров под Покровском", "Pokrovsk", "25 km"),
        ("12 пожаров в Харькове", "Kharkiv", "25 km"),
        ("12 incendies près de Kharkiv", "Kharkiv", "25 km"),
        ("12 пожеж у Харківській області", None, "polygon"),
        ("12 пожаров на линии соприкосновения", "line", ""),
        ("12 пожеж вздовж лінії фронту", "line", ""),
        ("12 пожеж уздовж усієї лінії фронту", "line", ""),
        ("12 incendies le long de la ligne de front", "line", ""),
        ("12 fires along the front line", "line", ""),
        ("12 fires", "line", "whole line"),
        ("12 fires near Pokrovsk and near Izium", None, "several places"),
        ("12 fires in Pokrovsk region", None, "polygon"),
        ("12 fires in North", "North", "25 km"),
        ("12 fires near Pokrovsk and Izium", None, "several places"),
        ("12 пожеж біля Покровська та Харкова", None, "several places"),
        ("12 пожаров под Покровском, Харьковом и Изюмом", None, "several places"),
        ("12 incendies près de Pokrovsk et de Kharkiv", None, "several places"),
        ("12 fires near Atlantis", None, "no town"),
        ("Pokrovsk saw no fires", None, "“Pokrovsk” is named"),
        ("жителі Покровська бачили 12 пожеж", None, "“Покровська” is named"),
        ("Pokrovsk: 12 fires", "Pokrovsk", "25 km"),
        ("Pokrovsk saw 12 fires along the front line", "line", ""),
        ("12 fires in the Donbas", None, "no town"),
        ("12 fires in South", None, "no town"),
        ("12 fires near Izyum", "Izium", "“Izyum” was taken for"),
        ("12 пожеж біля Покровська, Харківська область", "Pokrovsk", "Покровська"),
        ("12 пожеж у Харківська обл.", None, "polygon"),
        ("У Півночі заявили про 12 пожеж", "line", "whole line"),
        ("В Генштабе ВСУ сообщили о 12 пожарах", "line", "whole line"),
        ("12 fires in April", "line", "whole line"),
        ("12 incendies imputés à Sudie", "line", "whole line"),
    ],
)
def test_where(text, where, word):
    part = got(text)["where"]
    assert part.value == where
    assert word in part.note


def test_a_night_says_which_hours_were_taken():
    assert "from 18:00 to 6:00 local time (UTC+3)" in got("12 пожеж у ніч на 12 квітня")["from"].note


def test_without_a_number_what_is_spoken_of_is_read():
    found = got("Many fires were seen near Pokrovsk")
    assert (found["what"].value, found["count"].value) == ("fires", None)


@pytest.mark.parametrize(
    "text", ["12 fires by North and South", "12 fires by South and North", "Обидві сторони спричинили 12 пожеж"]
)
def test_where_several_are_accused_none_is_taken_and_that_is_said(text):
    part = got(text)["accused"]
    assert part.value is None
    assert part.words
    assert "more than one party" in part.note


@pytest.mark.parametrize("code", ["uk", "ru", "fr"])
def test_what_was_read_is_told_in_the_language_asked_for(code):
    texts = ["12 fires last night near Atlantis", "40 to 50 fires at 13:00 on 11 April", "x", "12 on 04/05/2026"]
    known = replace(KNOWN, words=catalogue(code))
    for text in texts:
        for part, english in zip(read(text, known), read(text, KNOWN), strict=True):
            assert (part.value, part.words) == (english.value, english.words)
            assert bool(part.note) == bool(english.note)
            assert part.note != english.note or not part.note


@given(st.text(max_size=300))
def test_any_text_is_read_or_not(text):
    parts = read(text, KNOWN)
    assert tuple(part.field for part in parts) == FIELDS
    for part in parts:
        assert part.value is not None or part.note


@given(
    st.lists(
        st.sampled_from(
            [
                "11",
                "12",
                "April",
                "13:00",
                "21:00",
                "to",
                "and",
                "UTC",
                "2026",
                "2026-04-11",
                "fires",
                "500",
                "more",
                "than",
                ",",
                ".",
                "North",
                "said",
            ]
        ),
        max_size=14,
    )
)
def test_any_order_of_likely_words_is_read_or_not(words):
    parts = read(" ".join(words), KNOWN)
    start, end = (next(p.value for p in parts if p.field == name) for name in ("from", "to"))
    assert not (start and end) or start < end
