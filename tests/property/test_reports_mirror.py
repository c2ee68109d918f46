# SPDX-License-Identifier: Apache-2.0
"""Exchange who is A and who is B in a run: every report mirrors, and no sentence changes but the order that day."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from reports_edges import swapped
from run_factory import make_run

from truceline.reports.events_csv import events_csv
from truceline.reports.facts import claims_in_order, order_of_parties, party_order, some_claims
from truceline.reports.html import html
from truceline.reports.one_sided import one_sided
from truceline.reports.picture_map import map_svg
from truceline.reports.summary import summary
from truceline.reports.svg import PAPER
from truceline.reports.text import duty_summary

SWAP = {"A": "B", "B": "A"}


def mirrored(value):
    if isinstance(value, dict):
        return {SWAP.get(key, key): mirrored(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [mirrored(inner) for inner in value]
    return SWAP.get(value, value) if isinstance(value, str) else value


def test_the_summary_mirrors_and_is_not_its_own_mirror():
    one, two = summary(make_run()), summary(swapped())
    parties = {party["name"]: party["id"] for party in one["truce"].pop("parties")}
    others = {party["name"]: party["id"] for party in two["truce"].pop("parties")}
    assert mirrored(json.loads(json.dumps(one))) == json.loads(json.dumps(two))
    assert one["coverage"]["by_side"] != two["coverage"]["by_side"]
    assert others == {name: SWAP[party] for name, party in parties.items()}


def test_the_events_mirror():
    one, two = (list(csv.DictReader(io.StringIO(events_csv(run)))) for run in (make_run(), swapped()))
    sides = {"side_given", "side_towns"}
    for here, there in zip(one, two, strict=True):
        assert {k: v for k, v in here.items() if k not in sides} == {k: v for k, v in there.items() if k not in sides}
        assert all(there[side] == SWAP[here[side]] for side in sides)


def test_the_map_of_both_is_the_same_picture():
    assert map_svg(make_run(), PAPER) == map_svg(swapped(), PAPER)


def sentences(run):
    """What stands between tags, order aside."""
    text = re.sub(r"<style>.*?</style>", "", html(run), flags=re.DOTALL)
    return sorted(re.findall(r">([^<>\n]+)<", text))


def test_the_html_says_the_same_but_for_who_is_first():
    order = re.compile("alternates by date|The order of")
    one, two = ([s for s in sentences(run) if not order.search(s)] for run in (make_run(), swapped()))
    assert [s for s in one if "claims" not in s] == [s for s in two if "claims" not in s]


def words_of(run):
    return sorted(duty_summary(run).split())


def test_the_terminal_says_the_same():
    assert words_of(make_run()) == words_of(swapped())


def test_what_binds_one_side_mirrors():
    one, two = make_run(), swapped()
    texts = [sorted(each["text"] for each in one_sided(run.agreement, run.lines)) for run in (one, two)]
    ends = [[sorted(re.split(r"\. |[,;] | and ", text)) for text in found] for found in texts]
    assert [each["title"] for each in one_sided(one.agreement, one.lines)] == [
        each["title"] for each in one_sided(two.agreement, two.lines)
    ]
    assert len(ends[0]) == len(ends[1]) >= 3


@pytest.mark.parametrize("day", range(8))
def test_the_order_alternates_by_date_and_is_the_reverse_for_the_swapped(day):
    run = make_run()
    on = run.agreement.window.end.date() + timedelta(days=day)
    today = [p.name for p in party_order(run.agreement, on)]
    tomorrow = [p.name for p in party_order(run.agreement, on + timedelta(days=1))]
    assert today == tomorrow[::-1]
    assert [p.name for p in party_order(swapped().agreement, on)] == today[::-1]


def test_claims_stand_in_the_order_of_the_parties_third_parties_last():
    run = make_run()
    view = replace(run.view, claims=(*run.view.claims, replace(run.view.claims[0], claimant_party=None)))
    run = replace(run, lines=(view,))
    order = [p.id for p in order_of_parties(run)] + [None]
    found = [order.index(check.claimant_party) for check in claims_in_order(run, view)]
    assert found == sorted(found)
    assert found[-1] == len(order) - 1


@pytest.mark.parametrize("most", [1, 2, 3, 4, 9])
def test_no_claimant_crowds_another_out(most):
    run = make_run()
    many = (*[run.view.claims[0]] * 6, run.view.claims[1])
    view = replace(run.view, claims=many)
    shown = [check.claimant_party for check in some_claims(replace(run, lines=(view,)), view, most)]
    assert len(shown) == min(most, len(many))
    assert len(set(shown)) == min(most, 2)
