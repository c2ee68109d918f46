# SPDX-License-Identifier: Apache-2.0
"""events.csv, events.geojson, report.html and report.pdf."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pypdf
import pytest
from run_factory import hours, make_run

from truceline.reports.event_rows import event_columns, event_rows
from truceline.reports.events_csv import events_csv
from truceline.reports.geojson import events_geojson
from truceline.reports.html import html
from truceline.reports.pdf import pdf
from truceline.reports.picture_claims import claim_hours_svg, claim_numbers_svg
from truceline.reports.picture_map import map_svg
from truceline.reports.picture_time import days_axis_svg, truce_axis_svg
from truceline.reports.svg import PAPER, SCREEN, coverage_class
from truceline.reports.text import duty_summary

PICTURES = (map_svg, truce_axis_svg, days_axis_svg, claim_hours_svg, claim_numbers_svg)


@pytest.fixture(scope="module")
def run():
    return make_run()


@pytest.fixture(scope="module")
def report(run):
    return html(run)


def named(run, name):
    """The run with a town of that name beside every event."""
    towns = {"name": np.array([name], object), "lon": np.array([37.0]), "lat": np.array([48.0])}
    return replace(run, place_names={**towns, "population": np.array([1e9])})


def emptied(run):
    view = replace(run.view, distance_m=np.zeros(0), along_m=np.zeros(0), on_first_side=np.zeros(0, bool))
    return replace(run, events=run.events.take(np.zeros(len(run.events), bool)), assessments=(), lines=(view,))


def test_csv_has_a_row_for_every_event_and_the_columns_it_says(run):
    rows = list(csv.DictReader(io.StringIO(events_csv(run))))
    assert len(rows) == len(run.events)
    assert list(rows[0]) == event_columns(run) == list(event_rows(run)[0])
    assert [float(row["lon"]) for row in rows] == pytest.approx(run.events.lon.tolist())
    assert {row["in_truce"] for row in rows} == {"true", "false"}
    assert rows[6]["frp_mw"] == ""


def test_csv_of_no_events_is_its_header(run):
    text = events_csv(emptied(run))
    assert text.count("\r\n") == 1
    assert text.startswith("index,place,lon,lat,")


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_csv_runs_no_formula(run, evil):
    odd = replace(run.events, daylight=np.full(len(run.events), evil, object))
    rows = list(csv.DictReader(io.StringIO(events_csv(replace(run, events=odd)), newline="")))
    assert {row["daylight"] for row in rows} == {"'" + evil}
    assert float(rows[0]["lon"]) > 0  # numbers stay numbers


def test_rows_hold_distance_side_sector_and_each_reading(run):
    rows = event_rows(run)
    inside = [row for row in rows if row["in_truce"]]
    assert inside
    for i, row in enumerate(rows):
        assert row["distance_km_given"] == pytest.approx(run.view.distance_m[i] / 1000, abs=0.001)
        assert row["side_given"] == ("A" if run.view.on_first_side[i] else "B")
        sector = run.view.coverage.sectors[row["sector_given"] - 1]
        assert sector.start_m - 1e-6 <= run.view.along_m[i] <= sector.end_m + 1e-6
    assert all(row["status_mirror"] == "recorded" and row["attribution_mirror"] == "none" for row in inside)
    assert all(row["low_declaration"] <= row["low_mirror"] for row in inside)
    assert all(row["status_mirror"] is None for row in rows if not row["in_truce"])


def test_geojson_is_points_in_range_with_the_same_values(run):
    found = json.loads(events_geojson(run))
    assert found["type"] == "FeatureCollection"
    assert "Coverage is" in found["coverage"]
    assert len(found["features"]) == len(run.events)
    for feature, row in zip(found["features"], event_rows(run), strict=True):
        assert feature["type"] == "Feature"
        assert feature["geometry"] == {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        assert feature["id"] == row["index"]
        assert set(feature["properties"]) == set(row) - {"lon", "lat"}
    assert "crs" not in found


def test_geojson_of_no_events(run):
    assert json.loads(events_geojson(emptied(run)))["features"] == []


def test_html_is_complete_without_scripts_or_network(report):
    assert report.startswith("<!doctype html>")
    assert "<script" not in report
    assert not re.search(r'(?:src|href)="(?!#)', report)
    assert "url(http" not in report
    assert "@import" not in report


def test_html_says_what_was_not_seen_before_it_counts(report):
    headings = re.findall(r"<h2>(.*?)</h2>", report)
    assert headings[:3] == ["What could be seen", "What was seen", "What each side said"]
    assert report.index("no satellite passed") < report.index("fire pixels in the truce")


def test_html_is_well_formed_and_every_picture_has_words(report):
    body = report.split("<body>")[1].split("</body>")[0]
    tree = ET.fromstring(f"<body>{body}</body>")
    pictures = list(tree.iter("{http://www.w3.org/2000/svg}svg"))
    assert len(pictures) == len(PICTURES)
    for picture in pictures:
        assert picture.get("role") == "img"
        assert picture.find("{http://www.w3.org/2000/svg}title").text
        assert picture.find("{http://www.w3.org/2000/svg}desc").text
    ids = re.findall(r' id="([^"]+)"', body)
    assert len(ids) == len(set(ids))
    for table in tree.iter("table"):
        assert table.find("caption").text
        assert all(cell.get("scope") for cell in table.iter("th"))


def test_html_escapes_what_comes_from_outside(run):
    evil = '<img src=x onerror="alert(1)">'
    odd = replace(named(run, evil), title=evil, agreement=replace(run.agreement, title=evil))
    text = html(odd)
    assert evil not in text
    assert "&lt;img src=x" in text
    ET.fromstring(f"<body>{text.split('<body>')[1].split('</body>')[0]}</body>")


def test_html_of_no_events_says_none_seen_and_coverage(run):
    text = html(emptied(run))
    assert "none seen" in text
    assert "This is not quiet" in text


def test_html_names_no_party_colour_and_no_findings(report):
    assert "found guilty" not in report
    assert not re.search(r"confirmed", report)
    assert report.count("cannot be judged by these sensors") >= 3


@pytest.mark.parametrize("picture", PICTURES)
def test_pictures_are_well_formed_also_without_looks_towns_and_claims(run, picture):
    view = replace(run.view, claims=(), sides=None, estimate=replace(run.view.estimate, cannot_tell=True))
    bare = replace(run, looks=(), place_names={}, cloud=(), extent=(), denials=(), lines=(view,))
    for each in (run, bare):
        for palette in (PAPER, SCREEN):
            ET.fromstring(picture(each, palette))
    assert "var(--" not in picture(run, PAPER)


def test_the_map_hatches_what_is_not_observed_and_splits_sectors_by_side(run):
    text = map_svg(run, PAPER)
    assert "Not observed" in text
    patches = text.count(f"fill:{PAPER.coverage[0]};stroke:{PAPER.panel}")
    whole = len(run.view.coverage.sectors)
    assert patches >= 2 * whole - 1  # one side of one sector is not observed


def test_the_map_puts_each_side_on_its_side(run):
    """One side wholly covered, the other not: its colour lies on the party's side of the line, also when swapped."""
    strong, weak = PAPER.coverage[5], PAPER.coverage[0]

    def centre(columns):
        share = np.tile(columns, (len(run.view.coverage.sectors), 1))
        view = replace(run.view, coverage=replace(run.view.coverage, by_sector=share))
        text = map_svg(replace(run, lines=(view,)), PAPER)
        xs = []
        for path in re.findall(rf'<path d="(M[^"]+)" style="fill:{strong}', text):
            xs += [float(x) for x in re.findall(r"[ML]([\d.-]+),", path)]
        return np.mean(xs)

    assert weak != strong
    assert centre([0.9, 0.0]) < centre([0.0, 0.9])  # A (Kyiv) holds the west


def test_coverage_classes_are_absolute():
    assert [coverage_class(x) for x in (0, 0.019, 0.02, 0.07, 0.15, 0.3, 0.5, 1)] == [0, 0, 1, 2, 3, 4, 5, 5]


def test_gaps_are_named_and_denied_days_hatched(run):
    text = truce_axis_svg(run, PAPER)
    for gap in ("9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}42\N{NO-BREAK SPACE}min", "no satellite passed"):
        assert gap in text
    assert "days-h4.5" in days_axis_svg(run, PAPER)
    assert "days-h4.5" not in days_axis_svg(replace(run, denials=()), PAPER)


def test_claims_are_never_on_the_scale_of_what_was_seen(run):
    assert "Do not compare across this line" in claim_numbers_svg(run, PAPER)
    told = replace(run.view, estimate=replace(run.view.estimate, cannot_tell=True))
    assert "cannot tell" in claim_numbers_svg(replace(run, lines=(told,)), PAPER)


def test_pdf_is_tagged_short_and_the_same_each_time(run):
    first = pdf(run, hours(96))
    assert first == pdf(make_run(), hours(96))
    assert first != pdf(run, hours(120))
    document = pypdf.PdfReader(io.BytesIO(first))
    assert 2 <= len(document.pages) <= 4
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert b"pdfuaid" in first
    text = "\n".join(page.extract_text() for page in document.pages)
    assert text.index("What could be seen") < text.index("What was seen")
    assert "cannot be judged" in text


def test_pdf_reads_no_text_as_markup(run):
    odd = named(run, '#panic("x") $ *b* \\ <label> Київ')
    text = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf(odd, hours(96)))).pages)
    assert "#panic(" in text
    assert "Київ" in text


def test_pdf_of_no_events(run):
    assert pdf(emptied(run), hours(96)).startswith(b"%PDF")


@pytest.mark.parametrize("evil", ["\x1b[2J\x07", "\x00", "\u202egnip\u202c", "\ud800", "]]>\x0b&<"])
def test_control_characters_reach_no_terminal_picture_or_page(run, evil):
    claims = tuple(
        replace(c, claimant_party=None, claim=replace(c.claim, claimant=f"x{evil}y")) for c in run.view.claims
    )
    odd = replace(named(run, f"a{evil}b"), title=f"t{evil}", lines=(replace(run.view, claims=claims),))
    seen = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
    for text in (duty_summary(odd), html(odd), *(picture(odd, PAPER) for picture in PICTURES)):
        assert not seen.search(text)
        text.encode("utf-8")
    assert pdf(odd, hours(96)).startswith(b"%PDF")
