# SPDX-License-Identifier: Apache-2.0
"""Pages of the register: what they say, and in a browser: accessible by axe, light and dark, nothing fetched."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from register_world import AT, FILE, Keeper, day, shipped

from truceline.flow.terms_files import read_terms_file
from truceline.reports.meetings_page import meetings_page
from truceline.reports.register_page import Asked, register_page, state_page
from truceline.reports.sides_page import sides_json, sides_page

ASKED = (Asked("warning", "A diplomatic warning", "2 February 11:00 to 15:00 UTC", "asked"),)


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def agreement():
    root = Path(__file__).resolve().parents[2]
    return read_terms_file(root / "examples" / "coalition" / "terms" / "agreement-ladder-2026.yaml").agreement


def test_a_state_s_page_answers_its_four_questions():
    view = Keeper().register.as_of(day(21))
    text = plain(state_page(view, "oak", ASKED))
    assert "troops at sea: Two ships. signed since 2026-01-20 warning unknown 2 ships" in text
    assert "from 2026-02-01 to 2026-08-01" in text
    assert "warning A diplomatic warning 2 February 11:00 to 15:00 UTC asked" in text
    assert "The diet" in text
    assert "Its parliament must agree." in text
    assert "known since 2026-02-01 13:00 UTC by sam" not in text
    assert "2026-02-01 13:00 UTC by sam" in text
    assert "As a member: The grove" in text
    silent = plain(state_page(view, "ash", ()))
    assert "Ash has not said. Silence is not no. Has not said means that nothing is in this register" in silent
    assert "Nothing is asked." in silent
    assert "Unknown: no source says who decides." in silent
    assert "The ladder was not asked" in plain(state_page(view, "elm"))


def test_the_register_s_page_shows_stages_silence_and_what_to_mend():
    keeper = Keeper()
    keeper.change("oak-ships", "2026-01-25", becomes="withdrawn")
    text = plain(register_page(keeper.register.as_of(AT)))
    assert "2 commitments of 2 of the 5 states and bodies listed." in text
    assert "The grove (3 states, as one)" in text
    assert "has not said" in text
    assert "Withdrawn on 2026-01-25T00:00:00Z after it was signed (oak-ships). To mend: ask the state" in text
    assert "Who has not said anything Ash" in text
    assert "as known at" in plain(register_page(keeper.register.as_of(AT, AT)))


def test_what_a_person_writes_is_never_markup():
    text = FILE.replace("Two ships.", '"<script>alert(1)</script>"').replace("A paper", '"<b>x</b>"')
    view = Keeper(text).register.as_of(AT)
    for page in (register_page(view), state_page(view, "oak"), meetings_page(view)):
        assert "<script" not in page
        assert "<b>" not in page


def test_the_meetings_page_says_unknown_where_no_source_says():
    text = plain(meetings_page(shipped().register.as_of(AT)))
    assert "countries represented 35 unknown 30" in text
    assert "heads of state or government 27 unknown 23" in text
    assert "United Kingdom head of government Keir Starmer unknown yes" in text
    assert "Coalition of the Willing United States" in text
    assert "Which countries the 35 were" in text
    assert "No meeting is in the register." in meetings_page(Keeper().register.as_of(day(1)))


def test_what_binds_only_one_side_mirrors_when_the_parties_swap(agreement):
    view = shipped().register.as_of(AT)
    text = plain(sides_page(agreement, view))
    assert "Breach by Kyiv None published." in text
    assert "Breach by Moscow The three steps" in text
    swap = {"A": "B", "B": "A"}
    mirrored = replace(
        agreement,
        steps=tuple(replace(s, accused=tuple(swap[p] for p in s.accused)) for s in agreement.steps),
        responses={swap[party]: told for party, told in agreement.responses.items()},
    )
    one, other = sides_json(agreement, view), sides_json(mirrored, view)
    for key in ("response", "steps", "commitments"):
        assert [each[key] for each in one] == [each[key] for each in reversed(other)]


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-quic"])
        yield found
        found.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["register", "state", "meetings", "sides"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_a_page_is_accessible_fits_and_fetches_nothing(browser, agreement, tmp_path, name, scheme, width):
    view = shipped().register.as_of(AT)
    made = {
        "register": lambda: register_page(view),
        "state": lambda: state_page(view, "GB", ASKED),
        "meetings": lambda: meetings_page(view),
        "sides": lambda: sides_page(agreement, view),
    }[name]()
    file = tmp_path / "page.html"
    file.write_text(made, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.goto(file.as_uri())
    assert (asked, told) == ([file.as_uri()], [])
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.close()
