# SPDX-License-Identifier: Apache-2.0
"""What a terminal shows of runs at the edges: a page of bounded lines, what was not seen first."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from reports_edges import HOSTILE, edges, every_line, named
from run_factory import make_run

from truceline.reports.text import duty_summary

EDGES = edges()


@pytest.fixture(params=sorted(EDGES))
def text(request):
    return duty_summary(EDGES[request.param], "the files lie in out/")


def test_it_is_a_page_of_bounded_lines(text):
    lines = text.splitlines()
    assert len(lines) <= 35
    assert max(map(len, lines)) <= 100
    assert text.endswith("\n")
    assert "the files lie in out/" in text


def test_it_holds_no_odd_space_and_nothing_of_python(text):
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b(?! of| is in)|datetime", text)
    assert "\N{NO-BREAK SPACE}" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_what_was_not_seen_stands_first(text):
    places = [text.find(f"\n{label}") for label in ("Not watched", "Coverage", "Seen")]
    assert all(place >= 0 for place in places)
    assert places == sorted(places)


@pytest.mark.parametrize("evil", HOSTILE, ids=ascii)
def test_nothing_drives_the_terminal(evil):
    text = duty_summary(named(make_run(), evil))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", text)
    text.encode()
    assert len(text.splitlines()) == text.count("\n")


def test_a_word_without_end_is_broken_at_the_margin():
    run = make_run()
    long = every_line(run, title="x" * 400)
    assert max(map(len, duty_summary(long).splitlines())) <= 100


def test_the_name_of_a_folder_is_never_broken():
    folder = "/" + "y" * 300
    assert folder in duty_summary(make_run(), folder).splitlines()[-1]


def test_each_claim_says_what_it_counts_and_what_can_be_said():
    text = re.sub(r"\s+", " ", duty_summary(make_run()))
    assert "Kyiv: 2,299 ceasefire violations" in text
    assert "Moscow: 1,971 ceasefire violations" in text
    assert text.count("cannot be judged by these sensors") == 3


def test_more_claims_than_there_is_room_for_are_counted():
    view = make_run().view
    run = replace(make_run(), lines=(replace(view, claims=view.claims * 5),))
    assert "And 11 more in report.html." in duty_summary(run)
