# SPDX-License-Identifier: Apache-2.0
"""Pictures of runs at the edges: valid XML, valid paths, nothing outside the box, nothing that is not a number."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from reports_edges import HOSTILE, crumbs, edges, every_line, many, named
from run_factory import WINDOW, hours, make_run

from truceline.base.clock import Interval
from truceline.reports.picture_claims import claim_hours_svg, claim_numbers_svg
from truceline.reports.picture_map import map_svg
from truceline.reports.picture_time import days_axis_svg, truce_axis_svg
from truceline.reports.svg import PAPER, SCREEN, Canvas, coverage_class, polygon, shortened, text_width

PICTURES = (map_svg, truce_axis_svg, days_axis_svg, claim_hours_svg, claim_numbers_svg)
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = r"-?\d+(?:\.\d+)?"
PATH = re.compile(rf"(?:M{NUMBER},{NUMBER}(?:L{NUMBER},{NUMBER})*Z?)+")
EDGES = edges()


def box(root):
    left, top, width, height = (float(word) for word in root.get("viewBox").split())
    assert (left, top) == (0, 0)
    assert (float(root.get("width")), float(root.get("height"))) == (width, height)
    return width, height


def drawn(root):
    """Elements that are drawn, without what patterns are made of."""
    kept = {id(inner) for pattern in root.iter(f"{SVG}pattern") for inner in pattern.iter()}
    return [each for each in root.iter() if id(each) not in kept]


def spans(each):
    """(left, right, top, bottom) of an element, as far as its kind says; a text's by its letters."""
    kind, get = each.tag.removeprefix(SVG), lambda name: float(each.get(name))
    if kind == "rect":
        return get("x"), get("x") + get("width"), get("y"), get("y") + get("height")
    if kind == "line":
        return (
            min(get("x1"), get("x2")),
            max(get("x1"), get("x2")),
            min(get("y1"), get("y2")),
            max(get("y1"), get("y2")),
        )
    if kind == "circle":
        return get("cx"), get("cx"), get("cy"), get("cy")
    if kind == "text":
        size = float(re.search(r"font-size:([\d.]+)px", each.get("style"))[1])
        wide = len(each.text or "") * size * 0.5
        start = get("x") - {"start": 0, "middle": wide / 2, "end": wide}[each.get("text-anchor")]
        return start, start + wide, get("y"), get("y")
    return None


@pytest.mark.parametrize("name", sorted(EDGES))
@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_valid_and_stays_in_its_box(name, picture):
    text = picture(EDGES[name], PAPER)
    root = ET.fromstring(text)
    width, height = box(root)
    assert width > 0
    assert height > 0
    for path in root.iter(f"{SVG}path"):
        assert PATH.fullmatch(path.get("d")), path.get("d")[:80]
    for each in drawn(root):
        for key, value in each.attrib.items():
            assert not re.search(r"\b(nan|inf)\b", value, re.IGNORECASE), (each.tag, key, value)
        found = spans(each)
        if found:
            left, right, top, bottom = found
            assert left >= -6, (each.tag, each.text, found)
            assert right <= width + 6, (each.tag, each.text, found)
            assert top >= -1, (each.tag, each.text, found)
            assert bottom <= height + 1, (each.tag, each.text, found)


@pytest.mark.parametrize("name", sorted(EDGES))
@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_has_a_title_a_description_and_its_own_ids(name, picture):
    root = ET.fromstring(picture(EDGES[name], SCREEN))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text.strip()
    assert description.text.strip()
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", ET.tostring(root, encoding="unicode")))
    assert used <= set(ids)


@pytest.mark.parametrize("evil", HOSTILE, ids=ascii)
@pytest.mark.parametrize("picture", PICTURES)
def test_hostile_text_is_text(evil, picture):
    odd = named(make_run(), evil)
    text = picture(odd, PAPER)
    root = ET.fromstring(text)
    assert not list(root.iter(f"{SVG}script")) + list(root.iter("script"))
    kinds = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert kinds <= {"svg", "title", "desc", "rect", "line", "path", "circle", "text", "pattern"}
    assert not any(key.startswith("on") for each in root.iter() for key in each.attrib)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", text)


def test_no_empty_path_can_be_written():
    assert polygon([]) == polygon([], close=False) == ""
    assert polygon([(1, 2)], close=False) == "M1.0,2.0"
    assert polygon([(0, 0), (1, 0), (1, 1)]) == "M0.0,0.0L1.0,0.0L1.0,1.0Z"
    canvas = Canvas("x", 10, 10, PAPER)
    canvas.path(polygon([]))
    assert canvas.parts == []


def test_a_part_no_larger_than_a_dot_writes_no_path_without_points():
    run = crumbs(make_run())
    text = map_svg(run, PAPER)
    assert 'd="MZ' not in text
    assert 'd=""' not in text
    assert text.count("<path") > 2 * len(make_run().view.coverage.sectors) - 2


@pytest.mark.parametrize("length", [1, 5, 20, 40, 400])
def test_shortened_text_fits_and_says_that_it_was_cut(length):
    text = "m" * length
    found = shortened(text, 12, 142)
    assert text_width(found, 12) <= 142
    assert (found == text) == (text_width(text, 12) <= 142)
    assert found.endswith("…") or found == text


def test_a_long_claimant_is_cut_with_an_ellipsis_not_by_the_edge():
    view = make_run().view
    who = "Chairman of the Coordination Headquarters for Something Long"
    claims = tuple(replace(c, claimant_party=None, claim=replace(c.claim, claimant=who)) for c in view.claims)
    run = replace(make_run(), lines=(replace(view, claims=claims),))
    for picture in (claim_hours_svg, claim_numbers_svg):
        shown = [
            t.text for t in ET.fromstring(picture(run, PAPER)).iter(f"{SVG}text") if (t.text or "").startswith("Chair")
        ]
        assert shown
        assert all("…" in text for text in shown)


def test_a_short_claimant_is_not_cut():
    text = claim_numbers_svg(make_run(), PAPER)
    assert "Kyiv claims" in text
    assert "Moscow claims" in text


def test_each_pass_of_the_truce_is_one_stroke():
    run = make_run()
    inside = [look for look in run.looks if WINDOW.overlap(look.interval)]
    strokes = re.findall(rf'<line [^>]*style="stroke:{PAPER.seen};stroke-width:1.6"', truce_axis_svg(run, PAPER))
    assert len(strokes) == len(inside)
    none = truce_axis_svg(replace(run, looks=()), PAPER)
    assert f"stroke:{PAPER.seen}" not in none


def test_a_pass_that_begins_before_the_truce_stands_at_its_edge():
    run = make_run()
    look = run.looks[0]
    early = replace(look, interval=Interval(hours(36), hours(38)))
    text = truce_axis_svg(replace(run, looks=(early,)), PAPER)
    (x,) = re.findall(rf'<line x1="([-\d.]+)" [^>]*style="stroke:{PAPER.seen}', text)
    assert float(x) == 6


def test_a_fire_that_began_before_the_truce_stands_at_its_edge():
    run = make_run()
    first = run.events.first.copy()
    first[:] = np.datetime64("2026-04-10T01:00", "us")
    last = first.copy()
    last[:] = np.datetime64("2026-04-12T10:00", "us")
    text = truce_axis_svg(replace(run, events=replace(run.events, first=first, last=last)), PAPER)
    xs = [float(x) for x in re.findall(rf'<circle cx="([-\d.]+)"[^>]*stroke:{PAPER.happened}', text)]
    assert xs
    assert set(xs) == {6.0}


def test_a_watch_without_the_truce_draws_no_bracket_for_it():
    run = make_run()
    assert ">truce<" in days_axis_svg(run, PAPER)
    assert ">truce<" not in days_axis_svg(replace(run, period=Interval(hours(0), hours(20))), PAPER)


def test_many_events_of_one_moment_are_counted_not_drawn_over_each_other():
    text = truce_axis_svg(many(make_run()), PAPER)
    assert re.search(r">\+\d+<", text)
    ys = [float(y) for y in re.findall(rf'<circle cx="[-\d.]+" cy="([-\d.]+)"[^>]*stroke:{PAPER.happened}', text)]
    assert min(ys) > 40


@pytest.mark.parametrize(
    ("offset", "text"), [(3, "UTC+3;"), (5.5, "UTC+5:30;"), (-9.5, "UTC-9:30;"), (0, "UTC+0;"), (5.75, "UTC+5:45;")]
)
def test_the_lower_clock_names_its_offset(offset, text):
    run = make_run()
    assert text in truce_axis_svg(replace(run, agreement=replace(run.agreement, local_offset_hours=offset)), PAPER)


def test_the_scale_of_numbers_holds_the_largest():
    run = make_run()
    claims = tuple(replace(c, claim=replace(c.claim, value=10**9)) for c in run.view.claims)
    root = ET.fromstring(claim_numbers_svg(replace(run, lines=(replace(run.view, claims=claims),)), PAPER))
    assert any(each.text == "1,000,000,000" for each in root.iter(f"{SVG}text"))
    xs = [float(each.get("x1")) for each in root.iter(f"{SVG}line") if "stroke-width:3" in each.get("style")]
    assert xs
    assert max(xs) <= 720


def test_where_it_cannot_be_told_the_picture_draws_no_interval():
    run = make_run()
    told = claim_numbers_svg(run, PAPER)
    silent = claim_numbers_svg(every_line(run, estimate=replace(run.view.estimate, cannot_tell=True)), PAPER)
    bar = re.compile(rf'<rect [^>]*height="10.0" style="fill:{PAPER.coverage[2]}')
    assert bar.search(told)
    assert not bar.search(silent)
    assert "cannot tell" in silent


def test_the_dot_of_an_event_grows_with_its_probability():
    run = make_run()

    def widest(p):
        war = np.full(len(run.events), p)
        text = map_svg(replace(run, events=replace(run.events, p_act={**run.events.p_act, "act_of_war": war})), PAPER)
        dots = [float(r) for r in re.findall(rf'r="([\d.]+)" style="fill:{PAPER.happened}', text)][:-1]
        return max(dots)  # the last one is the legend's

    assert widest(0.05) < widest(0.5) < widest(0.95)


@pytest.mark.parametrize("share", [0.0, 0.0199, 0.02, 0.05, 0.1, 0.2, 0.4999, 0.5, 1.0])
def test_a_class_of_coverage_holds_its_lower_edge(share):
    assert coverage_class(share) == sum(share >= edge for edge in (0.02, 0.05, 0.1, 0.2, 0.5))


def test_a_cloudy_day_is_a_taller_bar():
    run = make_run()

    def tallest(share):
        cloud = tuple(replace(day, shares={"all": share}) for day in run.cloud)
        text = days_axis_svg(replace(run, cloud=cloud), PAPER)
        return max(float(h) for h in re.findall(rf'height="([\d.]+)" style="fill:{PAPER.hatch};"', text))

    assert tallest(0.2) == pytest.approx(4, abs=0.11)
    assert tallest(1.0) == pytest.approx(20, abs=0.11)


def test_a_day_nobody_could_read_has_a_dash_not_a_nought():
    run = EDGES["all denied"]
    empty = every_line(run, distance_m=np.full(len(run.events), 1e9))
    labels = [t.text for t in ET.fromstring(days_axis_svg(empty, PAPER)).iter(f"{SVG}text")]
    assert labels.count("–") == 4
    read = every_line(make_run(), distance_m=np.full(len(run.events), 1e9))
    labels = [t.text for t in ET.fromstring(days_axis_svg(read, PAPER)).iter(f"{SVG}text")]
    assert "–" not in labels
    assert labels.count("0") >= 4
