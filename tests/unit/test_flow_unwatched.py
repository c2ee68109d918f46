# SPDX-License-Identifier: Apache-2.0
"""Hours of a truce that no watch covers, and days said not to be had though rows are there: told as what they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import flow_factory as made
import pytest
from run_factory import WINDOW, make_run

from truceline.base.clock import Interval
from truceline.errors import NoTime
from truceline.flow.gather import gather
from truceline.flow.watchfile import read_watch
from truceline.model.look import Denial
from truceline.reports import words
from truceline.reports.facts import pass_groups, unwatched, watched
from truceline.reports.formats import NBSP
from truceline.reports.html import html
from truceline.reports.page import page
from truceline.reports.picture_time import truce_axis_svg
from truceline.reports.summary import summary
from truceline.reports.svg import PAPER
from truceline.watch import watch


def ran(tmp_path, **changed):
    folder = made.write(tmp_path / "watch", **changed)
    return watch(read_watch(folder), out=tmp_path / "out", keys=tmp_path / "keys", now=made.NOW)


def watch_to(moment, start="2026-04-10T00:00:00Z"):
    return made.WATCH.replace("2026-04-15T00:00:00Z", moment).replace("2026-04-10T00:00:00Z", start)


def test_hours_outside_the_watch_are_not_hours_without_a_satellite(tmp_path):
    run, told = ran(tmp_path, watch_toml=watch_to("2026-04-12T18:00:00Z"))
    coverage = told["coverage"]
    assert coverage["hours_outside_watch"] == 18.0
    assert coverage["hours_without_pass"] <= 18.0
    assert all(gap["to"] <= "2026-04-12T18:00:00Z" for gap in coverage["gaps"])
    said = words.gap_sentence(run).replace(NBSP, " ")
    assert "18 h of the truce's 36 h lie outside the watch's period" in said
    assert "12 April 18:00" in said
    assert re.search(r"18 hours watched of its 36 h", words.headline(run).replace(NBSP, " "))
    assert "not watched" in truce_axis_svg(run, PAPER)
    assert "Outside the watch" in html(run)


def test_a_claim_is_told_which_of_its_hours_were_not_watched(tmp_path):
    run, _ = ran(tmp_path, watch_toml=watch_to("2026-04-12T18:00:00Z"))
    said = " ".join(text for _, text in run.view.claims[0].reasons).replace(NBSP, " ")
    assert "In 18 h of the figure's 20 h" in said
    assert "2 h lie outside the watch's period: not watched" in said


def test_a_truce_wholly_inside_its_watch_says_nothing_of_that(tmp_path):
    run, told = ran(tmp_path)
    assert unwatched(run) == ()
    assert watched(run) == run.agreement.window
    assert told["coverage"]["hours_outside_watch"] == 0.0
    assert "outside the watch" not in words.gap_sentence(run) + words.headline(run)


def test_terms_of_another_year_are_refused_with_both_intervals(repository):
    what = replace(
        read_watch(repository / "examples" / "easter-truce-2026"),
        period=Interval(made.NOW - timedelta(days=9), made.NOW),
    )
    with pytest.raises(NoTime, match=r"2026-04-11T13:00:00Z.*outside the watch's period.*2026-10-23") as caught:
        gather(what, None, made.NOW, made.quiet)
    assert str(caught.value.file).endswith("agreement.yaml")


def test_stretches_outside_the_watch_are_no_groups_of_passes():
    run = make_run()
    late = Interval(WINDOW.end - timedelta(hours=3), WINDOW.end)
    assert not any(group.overlap(late) for group in pass_groups(run.view.coverage, (late,)))


def test_rows_on_days_said_not_to_be_had_are_shown_and_not_counted(tmp_path):
    days = made.DAYS.replace("included", "size_only")
    run, told = ran(tmp_path, days_csv=days)
    assert "nothing was observed" not in words.headline(run).casefold()
    assert "rows are there, but of days said not to be had" in words.headline(run)
    assert "said not to be had: shown, not used for rates" in words.seen_sentence(run, run.view)
    assert any("of it were read: shown, not counted as watched" in one.reason for one in run.denials)
    assert told["estimate"]["seen"] == 0


def test_a_denied_day_without_rows_stays_unobserved():
    run = make_run()
    every = tuple(Denial(s, run.period, "not read", "list", {}) for s in sorted({x.sensor for x in run.looks}))
    none = replace(run, denials=every, detections=run.detections.take([]))
    assert "Nothing was observed in its 32 hours" in words.headline(none).replace(NBSP, " ")


def test_facts_of_the_page_tell_events_by_their_status():
    facts = page(make_run())["lines"][0]["status"]["facts"]
    seen = next(fact for fact in facts if fact["label"] == "Seen near the line")
    counts = [int(n) for n in re.findall(r"(\d+) (?:detected|recorded|corroborated)", seen["note"])]
    assert sum(counts) == int(seen["value"].split(NBSP)[0].split()[0])


def test_the_summary_of_a_run_has_the_hours_outside():
    assert summary(make_run())["coverage"]["hours_outside_watch"] == 0.0
