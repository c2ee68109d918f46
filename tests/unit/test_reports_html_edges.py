# SPDX-License-Identifier: Apache-2.0
"""report.html of runs at the edges: one h1, headings in order, tables with scopes, hostile text as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from reports_edges import HOSTILE, edges, named
from run_factory import make_run

from truceline.reports.formats import clean
from truceline.reports.html import html

EDGES = edges()
VOID = {"meta", "br", "link", "img", "input", "hr"}
ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "main",
        "header",
        "p",
        "h1",
        "h2",
        "h3",
        "dl",
        "div",
        "dt",
    ),
    *("dd", "section", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "details", "summary", "ul"),
    *("li", "code", "br", "footer", "svg", "desc", "rect", "line", "path", "circle", "text", "pattern"),
}


class Strict(HTMLParser):
    """Refuses what a lenient browser would mend: tags left open, closed twice or crossed, repeated attributes."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.headings, self.words, self.shown = [], [], [], [], {}

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> crosses"

    def handle_data(self, data):
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.headings.append((self.open[-1], data))
        if "style" not in self.open:
            self.words.append(data)


def parsed(text):
    found = Strict()
    found.feed(text)
    found.close()
    assert found.open == []
    return found


@pytest.fixture(scope="module", params=sorted(EDGES))
def page(request):
    return request.param, html(EDGES[request.param])


def test_it_passes_a_strict_parser_with_known_tags_only(page):
    _, text = page
    found = parsed(text)
    assert {tag for tag, _ in found.tags} <= ALLOWED
    assert not any(key.startswith("on") for _, attributes in found.tags for key in attributes)
    ET.fromstring(f"<body>{text.split('<body>')[1].split('</body>')[0]}</body>")


def test_it_has_one_h1_and_its_headings_skip_no_level(page):
    _, text = page
    levels = [int(tag[1]) for tag, _ in parsed(text).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - before <= 1 for before, later in pairwise(levels))


def test_no_heading_is_empty(page):
    _, text = page
    for _, words in parsed(text).headings:
        assert words.strip()


def test_every_table_has_a_caption_scopes_and_full_rows(page):
    _, text = page
    body = ET.fromstring(f"<body>{text.split('<body>')[1].split('</body>')[0]}</body>")
    tables = list(body.iter("table"))
    assert tables
    for table in tables:
        assert table.find("caption").text.strip()
        heads = table.findall("thead/tr/th")
        assert all(head.get("scope") == "col" for head in heads)
        for row in table.findall("tbody/tr"):
            assert len(row) == len(heads)
            assert [cell.tag for cell in row] == ["th"] + ["td"] * (len(row) - 1)
            assert row[0].get("scope") == "row"


def test_ids_are_unique_and_what_points_at_one_finds_it(page):
    _, text = page
    tags = parsed(text).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in tags:
        for wanted in (attributes.get("aria-labelledby") or "").split():
            assert wanted in ids
        if (attributes.get("href") or "").startswith("#"):
            assert attributes["href"][1:] in ids


def test_nothing_is_not_a_number_and_no_python_shows(page):
    name, text = page
    words = " ".join(parsed(text).words)
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b(?! of)|datetime|array\(|\bTrue\b|\bFalse\b", words), name


def test_it_fetches_nothing_and_runs_nothing(page):
    _, text = page
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert not re.search(r'\s(?:src|href)="(?!#)', text)


def test_every_colour_it_names_is_defined(page):
    _, text = page
    used = set(re.findall(r"var\((--[\w-]+)", text))
    defined = set(re.findall(r"(--[\w-]+):", text))
    assert used <= defined


def test_coverage_stands_with_its_act_before_any_count(page):
    _, text = page
    assert "would have been detected" in text
    assert text.index("What could be seen</h2>") < text.index("What was seen</h2>")


@pytest.mark.parametrize("evil", HOSTILE, ids=ascii)
def test_hostile_text_is_shown_as_text(evil):
    text = html(named(make_run(), evil))
    found = parsed(text)
    assert {tag for tag, _ in found.tags} <= ALLOWED
    assert not any(key.startswith("on") for _, attributes in found.tags for key in attributes)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", text)
    text.encode()
    readable = clean(evil).strip()
    if readable:
        assert readable in " ".join(found.words)


def test_no_party_has_a_colour_of_its_own():
    text = html(make_run())
    body = text.split("<body>")[1]
    for name in ("Kyiv", "Moscow"):
        colours = {
            re.search(r"fill:([^;\"]+)", style)[1]
            for style in re.findall(rf'style="([^"]*)"[^>]*>{name}[^<]*</text>', body)
            if "fill:" in style
        }
        assert colours <= {"var(--text)"}


def test_the_report_of_one_run_has_the_same_bytes():
    assert html(make_run()) == html(make_run())
