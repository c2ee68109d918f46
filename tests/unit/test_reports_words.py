# SPDX-License-Identifier: Apache-2.0
"""Sentences come from the run, keep four kinds of not-knowing apart, and mirror when the parties are swapped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_factory import WINDOW, hours, make_run

from truceline.base.clock import Interval
from truceline.model.claim import Verdict
from truceline.reports import facts, formats, words

NBSP = formats.NBSP


def plain(text):
    return text.replace(NBSP, " ")


@pytest.fixture(scope="module")
def run():
    return make_run()


def with_view(run, **changes):
    return replace(run, lines=(replace(run.view, **changes), *run.lines[1:]))


@pytest.mark.parametrize(
    ("value", "text"),
    [(9.7, "9 h 42 min"), (32, "32 h"), (0.8, "48 min"), (0, "0 min"), (26 + 41.6 / 60, "26 h 42 min"), (1.999, "2 h")],
)
def test_durations(value, text):
    assert plain(formats.duration(value)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(65.2, "65"), (553, "550"), (1.54, "1.5"), (0, "0"), (12345, "12,000"), (0.04, "0.04")]
)
def test_estimates_keep_two_figures(value, text):
    assert formats.rounded(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.71, "71 %"),
        (0.011, "1.1 %"),
        (0.00001, "under 0.1 %"),
        (0.0, "0 %"),
        (None, "not observed"),
        (float("nan"), "not observed"),
    ],
)
def test_percentages_never_show_nothing_for_little_or_for_not_observed(share, text):
    assert plain(formats.percent(share)) == text


@given(st.floats(0.0006, 1))
def test_more_than_nothing_is_never_written_as_nothing(share):
    assert not plain(formats.percent(share)).startswith("0 %")


@given(st.floats(0, 500))
def test_a_duration_reads_back_to_the_minute(value):
    parts = plain(formats.duration(value)).split()
    read = sum(int(n) * (60 if unit == "h" else 1) for n, unit in zip(parts[::2], parts[1::2], strict=True))
    assert abs(read - value * 60) <= 0.5 + 1e-9


def test_probability_has_word_and_number_and_a_range_of_words():
    assert plain(formats.probability(0.71)) == "likely (71 %)"
    assert plain(formats.probability_range(0.30, 0.71)) == "unlikely to likely (30 to 71 %)"
    assert plain(formats.probability_range(0.60, 0.71)) == "likely (60 to 71 %)"


def test_days_are_ranges_by_month():
    days = [date(2026, 4, n) for n in (4, 5, 6, 15, 16, 22)] + [date(2026, 5, 1)]
    assert plain(formats.days_text(days)) == "4–6, 15–16 and 22 April; 1 May"


def test_times_round_to_the_minute_with_local_beside():
    moment = datetime(2026, 4, 12, 10, 40, 40, tzinfo=UTC)
    assert plain(formats.clock(moment, local_offset_hours=3)) == "10:41 UTC (13:41 local)"
    assert plain(formats.clock(moment, local_offset_hours=5.75)).endswith("(16:26 local)")


@pytest.mark.parametrize(("bearing", "point"), [(0, "N"), (359, "N"), (90, "E"), (300, "WNW"), (-45, "NW")])
def test_compass(bearing, point):
    assert formats.compass(bearing) == point


def test_headline_is_built_from_the_run(run):
    blind = facts.blind_hours(run.view.coverage)
    text = plain(words.headline(run))
    assert text == (
        f"The Easter truce has ended. None of the three fire satellites passed for {plain(formats.duration(blind))} "
        "of its 32 hours; cloud hid most of the rest."
    )


def test_headline_says_when_the_truce_still_runs_or_has_not_begun(run):
    during = replace(run, period=Interval(run.period.start, hours(50)))
    before = replace(run, period=Interval(run.period.start, hours(20)))
    assert "is in force" in words.headline(during)
    assert "has not begun" in words.headline(before)


def test_headline_drops_the_year_and_keeps_other_titles(run):
    terms = run.agreement
    assert words.truce_name(replace(run, agreement=replace(terms, title="Easter truce 2026"))) == "The Easter truce"
    assert words.truce_name(replace(run, agreement=replace(terms, title="The pause"))) == "The pause"


def test_clear_sky_and_missing_cloud_are_said(run):
    clear = tuple(replace(day, shares={"country": 0.05}) for day in run.cloud)
    assert "the sky was mostly clear" in words.headline(replace(run, cloud=clear))
    assert "how much cloud hid is not known" in words.headline(replace(run, cloud=()))
    assert "not known" in words.cloud_sentence(replace(run, cloud=()))


def test_without_known_passes_nothing_was_observed(run):
    blind = replace(run, looks=())
    assert "No satellite pass is known for any of its" in words.headline(blind)
    assert "nothing was observed" in words.gap_sentence(blind)


def test_one_satellite_is_singular(run):
    one = replace(run, looks=tuple(look for look in run.looks if look.sensor.endswith("NPP")))
    assert "The one fire satellite did not pass for" in words.headline(one)


def test_gaps_and_groups_of_passes_fill_the_truce(run):
    coverage = run.view.coverage
    gaps, groups = facts.blind_gaps(coverage), facts.pass_groups(coverage)
    assert len(gaps) == 3
    assert sum(group.hours for group in groups) + facts.blind_hours(coverage) == pytest.approx(WINDOW.hours)
    inside = [look for look in run.looks if WINDOW.overlap(look.interval)]
    assert all(any(group.overlap(look.interval) for group in groups) for look in inside)


def test_a_truce_watched_throughout_says_so(run):
    always = with_view(run, coverage=replace(run.view.coverage, gaps=()))
    assert "Satellites passed at least every 1 h 50 min" in plain(words.headline(always))
    assert "No stretch of the truce" in words.gap_sentence(always)


def test_cloud_is_weighted_by_the_hours_of_the_truce(run):
    shares = [day.shares["east"] for day in run.cloud]
    assert facts.cloud_in(run, WINDOW)["east"] == pytest.approx((11 * shares[1] + 21 * shares[2]) / 32)


def test_places_are_named_after_towns_weighted_by_population(run):
    lon, lat = np.array([37.18, 35.5, 36.26]), np.array([48.28, 47.84, 47.75])
    names = [plain(name) for name in facts.places(run, lon, lat)]
    assert names == ["at Pokrovsk", "27 km E of Zaporizhzhia", "10 km N of Huliaipole"]


def test_places_without_towns_are_coordinates(run):
    bare = replace(run, place_names={})
    assert plain(facts.places(bare, np.array([-36.5]), np.array([48.25]))[0]) == "48.25° N 36.50° W"


def test_the_order_of_parties_alternates_by_date(run):
    first = [facts.party_order(run.agreement, date(2026, 4, n))[0].id for n in (10, 11, 12, 13)]
    assert first == [first[0], first[1], first[0], first[1]]
    assert set(first) == {"A", "B"}


def test_claims_stand_in_the_order_of_the_parties_and_third_parties_last(run):
    third = replace(run.view.claims[0], claimant_party=None)
    mixed = with_view(run, claims=(third, *run.view.claims))
    order = [party.id for party in facts.order_of_parties(run)]
    found = [check.claimant_party for check in facts.claims_in_order(mixed, mixed.view)]
    assert found[-1] is None
    assert [order.index(p) for p in found[:-1]] == sorted(order.index(p) for p in found[:-1])


def test_swapped_parties_mirror_the_words(run):
    a, b = run.agreement.parties
    renamed = (replace(b, id=a.id), replace(a, id=b.id))
    other = {a.id: b.id, b.id: a.id}
    swapped = replace(
        with_view(
            run,
            claims=tuple(
                replace(c, claimant_party=other[c.claimant_party], accused_party=other[c.accused_party])
                for c in run.view.claims
            ),
        ),
        agreement=replace(run.agreement, parties=renamed[::-1]),
    )
    mine = {words.claim_sentence(run, check) for check in run.view.claims}
    theirs = {words.claim_sentence(swapped, check) for check in swapped.view.claims}
    assert mine == theirs
    assert words.headline(run) == words.headline(swapped)
    assert words.lead(run) == words.lead(swapped)


def test_cannot_tell_gives_its_reason_and_no_number(run):
    told = replace(run.view.estimate, cannot_tell=True, reason="coverage is too low")
    text = words.estimate_sentence(replace(run.view, estimate=told))
    assert text == "How many there were: cannot tell. Coverage is too low."
    assert "0.8" not in words.comparison_sentence(run.view)
    assert words.estimate_range(replace(run.view, estimate=told)) == "cannot tell"


def test_a_fall_is_told_with_its_interval(run):
    fall = replace(run.view.comparison, ratio=0.3, low=0.1, high=0.7, cannot_tell=False, reason="")
    text = words.comparison_sentence(replace(run.view, comparison=fall))
    assert "fewer" in text
    assert "0.30 (0.10 to 0.70)" in text
    told = replace(fall, reason="fewer acts: 0.1 to 0.7 times as many")
    assert words.comparison_sentence(replace(run.view, comparison=told)) == "Fewer acts: 0.1 to 0.7 times as many."


def test_an_estimate_is_told_once(run):
    assert words.estimate_sentence(run.view) == words.sentence(run.view.estimate.reason)
    bare = replace(run.view.estimate, reason="")
    text = words.estimate_sentence(replace(run.view, estimate=bare))
    assert text.startswith(f"{formats.rounded(bare.low)} to {formats.rounded(bare.high)} fires caused by acts of war")


def test_verdicts_never_confirm():
    assert words.verdict_text(Verdict.CANNOT_BE_JUDGED) == "cannot be judged by these sensors"
    assert words.verdict_text(Verdict.CONSISTENT) == "consistent with what was seen"
    assert words.verdict_text(Verdict.INCONSISTENT) == "inconsistent with what was seen"


def test_a_claim_without_an_end_says_so(run):
    periods = [plain(words.claim_period(check)) for check in run.view.claims]
    assert periods[0] == "11 April 13:00 to 12 April 05:00 UTC"
    assert periods[1] == "from 11 April 13:00 UTC; cut-off not stated"
    unknown = replace(run.view.claims[1], claim=replace(run.view.claims[1].claim, start=None, value=None))
    assert words.claim_period(unknown) == "period not stated"
    assert words.claim_figure(unknown) == "no total given"
    assert words.claim_figure(run.view.claims[2]) == "more than 500"


def test_none_seen_is_said_with_its_coverage(run):
    far = with_view(run, distance_m=run.view.distance_m + 1e6)
    assert "none seen" in words.seen_sentence(far, far.view)
    assert "No event was seen" in words.lead(far)


def test_denials_are_not_zero(run):
    assert "not observed, never zero" in words.denial_sentence(run)
    days = Interval(hours(0), hours(24) + timedelta(0))
    assert "(10 April)" in plain(words.denial_sentence(replace(run, denials=(replace(run.denials[0], interval=days),))))


def test_one_line_only_is_said(run):
    assert "Only one was used" in words.line_sentence(replace(run, lines=run.lines[:1]))
    both = words.line_sentence(run)
    assert all(view.title in both for view in run.lines)


def test_reasons_that_all_claims_share_are_told_once(run):
    checks = facts.claims_in_order(run, run.view)
    own = replace(checks[0], reasons=(*checks[0].reasons, ("Cloud", "it was cloudy")))
    found = words.claim_reasons(run, (own, *checks[1:]))
    assert found[0] == ("all figures", checks[0].reasons)
    assert found[1] == (f"{words.claimant_name(run, own)}, {words.claim_figure(own)}", (("Cloud", "it was cloudy"),))
    assert len(found) == 2
    assert words.claim_reasons(run, ()) == []


def test_no_claimant_crowds_another_out(run):
    kyiv, moscow = run.view.claims[1], run.view.claims[0]
    many = with_view(run, claims=(*(kyiv for _ in range(9)), moscow))
    for most in (2, 4, 8):
        shown = facts.some_claims(many, many.view, most)
        assert len(shown) == most
        assert {check.claimant_party for check in shown} == {"A", "B"}
    assert facts.some_claims(run, run.view, 9) == facts.claims_in_order(run, run.view)
