# SPDX-License-Identifier: Apache-2.0
"""report.pdf of runs at the edges and of names in scripts that no font inside typst has."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest
from reports_edges import HOSTILE, edges, named
from run_factory import hours, make_run

from truceline.reports.pdf import pdf
from truceline.reports.pdf_fonts import MISSING, without_missing

EDGES = edges()
NOTE = "stands for a letter"


def read(data):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


@pytest.mark.parametrize(
    "name",
    [
        *("no rows", "no looks", "no claims", "no sources", "one party only", "crumbs of line", "half told"),
        *("far north at the antimeridian", "over before it began", "long name"),
    ],
)
def test_every_run_gives_a_readable_pdf(name):
    text = read(pdf(EDGES[name], hours(96)))
    assert "What could be seen" in text
    assert "Every record has an index" in text
    assert " nan" not in text
    assert "None " not in text.replace("None of", "")


@pytest.mark.parametrize("name", ["no events", "many events"])
def test_the_same_run_gives_the_same_bytes(name):
    assert pdf(edges()[name], hours(96)) == pdf(EDGES[name], hours(96))


def test_many_events_are_cut_and_the_rest_counted():
    document = pypdf.PdfReader(io.BytesIO(pdf(EDGES["many events"], hours(96))))
    assert "less probable; all are in events.csv" in "".join(page.extract_text() for page in document.pages)
    assert len(document.pages) <= 6


def test_hostile_and_foreign_text_gives_a_pdf():
    text = read(pdf(named(make_run(), " ".join(HOSTILE)), hours(96)))
    assert "What could be seen" in text
    assert "#panic()" in text


def titled(words):
    run = make_run()
    return replace(run, agreement=replace(run.agreement, title=f"Truce of {words}"))


def test_letters_that_no_font_has_become_boxes_and_the_pdf_says_so():
    words = "北京 አዲስ አበባ กรุงเทพ 東京都 😀"
    text = read(pdf(titled(words), hours(96)))
    assert MISSING in text
    assert NOTE in text
    assert not set(words.replace(" ", "")) & set(text)


def test_letters_that_some_font_has_are_shown():
    words = ("Київ", "Şırnak", "Dəvəçi", "Łódź", "საქართველო", "Երևան")
    text = read(pdf(titled(" ".join(words)), hours(96)))
    assert all(word in text for word in words)
    assert NOTE not in text


def test_only_the_missing_letters_are_replaced():
    assert without_missing("Київ – “x” 北 é 10 %") == f"Київ – “x” {MISSING} é 10 %"
    assert without_missing("plain") == "plain"
    assert without_missing("") == ""


def test_the_day_it_states_is_the_day_given():
    run = make_run()
    first, second = (pypdf.PdfReader(io.BytesIO(pdf(run, hours(h)))).metadata for h in (96, 120))
    assert first.creation_date.day == 14
    assert second.creation_date.day == 15
