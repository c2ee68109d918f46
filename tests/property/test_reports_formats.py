# SPDX-License-Identifier: Apache-2.0
"""How reports write numbers, times and words: read back, bounded, at every edge."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.base.clock import Interval
from truceline.model.taxonomy import icd203
from truceline.reports import formats

moments = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
shares = st.floats(0, 1)
WORDS = ("almost no chance", "very unlikely", "unlikely", "roughly even", "likely", "very likely", "almost certain")


def plain(text):
    return text.replace(formats.NBSP, " ")


@pytest.mark.parametrize(
    ("edge", "below", "from_it"),
    [
        (0.05, "almost no chance", "very unlikely"),
        (0.20, "very unlikely", "unlikely"),
        (0.45, "unlikely", "roughly even"),
        (0.55, "roughly even", "likely"),
        (0.80, "likely", "very likely"),
        (0.95, "very likely", "almost certain"),
    ],
)
def test_the_words_of_icd_203_change_at_their_edges(edge, below, from_it):
    assert icd203(edge - 1e-9) == below
    assert icd203(edge) == from_it
    assert formats.probability(edge).startswith(from_it)
    assert formats.probability(edge - 0.01).startswith(below)
    assert formats.probability(edge - 0.001).startswith(from_it)  # both are of the value in whole per cent


@given(shares, shares)
def test_a_greater_probability_never_has_a_lesser_word(one, two):
    low, high = sorted((one, two))
    assert WORDS.index(icd203(low)) <= WORDS.index(icd203(high))
    text = plain(formats.probability_range(low, high))
    first, last = icd203(round(low, 2)), icd203(round(high, 2))
    assert text.startswith(first if first == last else f"{first} to {last}")


@given(shares)
def test_a_percentage_reads_back_within_its_rounding(share):
    text = plain(formats.percent(share))
    assert text.endswith(" %")
    number = text.removesuffix(" %")
    if number.startswith("under"):
        assert 0 < share < 0.0005
        return
    assert abs(float(number) - share * 100) <= (0.05 if "." in number else 0.5) + 1e-9
    assert (float(number) == 0) == (share == 0)


@given(shares, shares)
def test_a_range_has_the_ends_of_its_percentages(one, two):
    low, high = sorted((one, two))
    text = plain(formats.percent_range(low, high))
    ends = text.removesuffix(" %").split(" to ")
    assert ends[0] == plain(formats.percent(low)).removesuffix(" %")
    assert ends[-1] == plain(formats.percent(high)).removesuffix(" %")


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.0, 0.0, "0 %"),
        (0.0, 0.0004, "0 to under 0.1 %"),
        (0.0001, 0.0004, "under 0.1 %"),
        (0.0004, 0.3, "under 0.1 to 30 %"),
        (0.02, 0.091, "2.0 to 9.1 %"),
        (0.0994, 0.0996, "9.9 to 10 %"),
        (0.994, 1.0, "99 to 100 %"),
    ],
)
def test_in_a_range_too_more_than_nothing_is_never_nothing(low, high, text):
    assert plain(formats.percent_range(low, high)) == text


@given(st.floats(0.005, 1e7))
def test_an_estimate_keeps_two_figures(value):
    text = formats.rounded(value)
    assert abs(float(text.replace(",", "")) - value) <= max(0.051 * value, 0.005 + 1e-9)
    assert float(text.replace(",", "")) > 0
    assert not re.search(r"\.\d*0$|\.$", text)


@given(moments, st.floats(0, 24 * 400))
def test_a_stretch_tells_its_two_ends_apart(start, hours):
    end = start + timedelta(hours=hours)
    text = plain(formats.stretch(Interval(start, end)))
    first, last = (moment + timedelta(seconds=30) for moment in (start, end))
    assert text.startswith(f"{first.day} {first:%B}")
    assert text.endswith(" UTC")
    if first.date() != last.date():
        assert f" to {last.day} {last:%B}" in text
    assert (str(last.year) in text.split(" to ")[1].split(f"{last:%B}")[-1]) or first.year == last.year


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((2026, 4, 11, 23, 50), (2026, 4, 12, 0, 10), "11 April 23:50 to 12 April 00:10 UTC"),
        ((2026, 4, 30, 22, 0), (2026, 5, 1, 2, 0), "30 April 22:00 to 1 May 02:00 UTC"),
        ((2025, 12, 31, 22, 0), (2026, 1, 1, 2, 0), "31 December 2025 22:00 to 1 January 2026 02:00 UTC"),
        ((2025, 4, 11, 13, 0), (2026, 4, 11, 13, 0), "11 April 2025 13:00 to 11 April 2026 13:00 UTC"),
        ((2024, 2, 28, 12, 0), (2024, 2, 29, 12, 0), "28 February 12:00 to 29 February 12:00 UTC"),
        ((2026, 4, 11, 13, 0), (2026, 4, 11, 13, 0), "11 April 13:00 to 13:00 UTC"),
    ],
)
def test_a_stretch_across_midnight_month_and_year(start, end, text):
    ends = (datetime(*start, tzinfo=UTC), datetime(*end, tzinfo=UTC))
    assert plain(formats.stretch(Interval(*ends))) == text


@given(st.sets(st.dates(date(2025, 11, 1), date(2026, 2, 28)), min_size=1, max_size=40))
def test_days_read_back_whatever_month_and_year(days):
    found = set()
    text = plain(formats.days_text(sorted(days)))
    years = {day.year for day in days}
    for group in text.split("; "):
        match = re.fullmatch(r"(.+?) ([A-Z][a-z]+)(?: (\d{4}))?", group)
        month = datetime.strptime(match[2], "%B").month
        year = int(match[3]) if match[3] else next(iter(years))
        assert (match[3] is not None) == (len(years) > 1)
        for part in re.split(r", | and ", match[1]):
            ends = [int(word) for word in part.split("–")]
            found |= {date(year, month, number) for number in range(ends[0], ends[-1] + 1)}
    assert found == days


@given(moments, st.integers(-48, 56))
def test_the_local_clock_is_off_by_its_offset(moment, quarters):
    hours = quarters / 4
    text = plain(formats.clock(moment, local_offset_hours=hours))
    match = re.fullmatch(r"(\d\d):(\d\d) UTC \((\d\d):(\d\d) local\)", text)
    first, second, third, fourth = (int(word) for word in match.groups())
    assert (third * 60 + fourth - first * 60 - second - hours * 60) % 1440 == 0


@given(st.text(max_size=60))
def test_cleaned_text_is_one_line_that_xml_takes_and_nothing_more_is_lost(text):
    found = formats.clean(text)
    assert formats.clean(found) == found
    assert len(found.splitlines()) <= 1
    found.encode()
    assert ET.fromstring(f'<a b="{formats.xml(text)}">{formats.xml(text)}</a>').text in (found, None)
    assert [c for c in text if c.isalnum()] == [c for c in found if c.isalnum()]


@given(st.floats(-720, 720))
def test_a_compass_point_is_within_its_sixteenth(bearing):
    points = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
    away = (points.index(formats.compass(bearing)) * 22.5 - bearing + 180) % 360 - 180
    assert abs(away) <= 11.25 + 1e-6


@given(st.integers(0, 10**9))
def test_a_count_is_singular_only_for_one(value):
    text = formats.plural(value, "pass", "passes")
    assert text.endswith("pass") == (value == 1)
    assert int(text.split(formats.NBSP)[0].replace(",", "")) == value
