# SPDX-License-Identifier: Apache-2.0
"""The response in a browser: a capital answers, a commissioner declares, a party is refused the board, one sheet prints."""

from __future__ import annotations

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from commission_page import person, show
from ladder_office import begun, declared, ladder_office, made, posted, quick
from playwright.sync_api import expect
from pypdf import PdfReader

pytestmark = pytest.mark.browser

STATES = [f"state-{n:02d}" for n in range(31)]


@pytest.fixture
def at(tmp_path, repository, built_page):
    with ladder_office(tmp_path, repository, page=built_page) as found:
        yield found


def moves(at, kind):
    return [dict(move.data) for move in at.desk.responses.moves if move.kind == kind]


def settled(page):
    page.wait_for_selector(".sent")
    assert "kept in the ledger as record" in page.locator(".sent").inner_text()


def test_a_duty_officer_acknowledges_and_decides_on_a_phone(at, browser):
    response = declared(at)
    here = {"response": response, "step": "warning", "state": "oak"}
    with person(at, browser, "gus", width=360, height=740) as wire:
        page = wire.page
        page.get_by_role("link", name="Acknowledge a step").click()
        page.get_by_label("Why, or by which decision").fill("the capital has it")
        page.get_by_role("button", name="Acknowledge").click()
        settled(page)
        assert moves(at, "acknowledge") == [here]
        at.clock.forward(seconds=1)
        show(page, "#/state/oak")
        page.get_by_role("link", name="Record what Oak decided").click()
        page.get_by_label("It decided to act").check()
        page.get_by_label("Why, or by which decision").fill("the cabinet agreed")
        button = page.get_by_role("button", name="Record the decision")
        assert button.bounding_box()["height"] >= 56
        button.click()
        assert "Oak decided to act" in page.locator(".leads").inner_text()  # the consequence first
        assert moves(at, "decide") == []
        page.locator(".leads").get_by_role("button", name="Record the decision").click()
        settled(page)
        assert moves(at, "decide") == [{**here, "decision": "act"}]
        show(page, "#/response?step=warning")
        assert "decided" in page.locator(".board tbody tr", has_text="Oak").inner_text()
    assert wire.told == []


def test_a_commissioner_chooses_and_declares_and_others_are_offered_neither(at, browser):
    begun(at)
    with person(at, browser, "olga") as wire:
        page = wire.page
        page.keyboard.press("g")
        page.keyboard.press("r")
        page.wait_for_selector("body[data-screen=response] .stepclocks")
        assert "A decision on step 1 is due in" in page.locator("h1").inner_text()
        assert "No claim started a clock." in page.locator("main").inner_text()
        page.get_by_role("link", name="Declare a step").click()
        page.get_by_label("Step", exact=True).select_option("warning")
        page.get_by_label("Why, or by which decision").fill("two kinds of sensor agree")
        page.get_by_role("button", name="Declare the step").click()
        page.locator(".leads").get_by_role("button", name="Declare the step").click()
        settled(page)
        assert moves(at, "declare")[0]["asked"] == ["oak", "birch", "elm", "pine", "A"]
        show(page, "#/response")
        assert page.locator("h1").inner_text() == "Step 1 is declared. 0 of 5 acted."
        expect(page.locator(".stepclocks li").first).to_contain_text("by olga, commissioner of Oak.")
        page.get_by_role("link", name="What if").click()
        expect(page.locator(".whatif")).to_contain_text("the same clocks as were told then")
        expect(page.locator(".whatif")).to_contain_text("it would have been")
    with person(at, browser, "sam") as wire:
        show(wire.page, "#/response")
        assert wire.page.get_by_role("link", name="Declare a step").count() == 0
        wire.page.get_by_role("link", name="Convene a consultation").click()
        wire.page.get_by_label("About").fill("What follows.")
        for state in ("Oak", "Birch"):
            wire.page.get_by_label(state, exact=True).check()
        wire.page.get_by_label("Quorum").fill("2")
        wire.page.get_by_label("Why, or by which decision").fill("asked for")
        wire.page.get_by_role("button", name="Convene it").click()
        settled(wire.page)
        assert moves(at, "convene")[0]["invited"] == ["oak", "birch"]
    assert wire.told == []


def test_a_party_is_shown_what_it_is_asked_and_refused_the_board(at, browser):
    response = declared(at)
    made(at, "gus", "decide", response=response, step="warning", state="oak", decision="decline")
    with person(at, browser, "lia") as wire:
        show(wire.page, "#/response")
        assert wire.page.locator("h1").inner_text() == "What you are asked"
        assert wire.page.locator(".board").count() == 0
        show(wire.page, "#/state/oak")
        assert "You may not see this. Ask the secretariat." in wire.page.locator("main").inner_text()
        for told in ("declined", '"decline"', "birch-secret"):
            assert told not in wire.said()
    with person(at, browser, "lib") as wire:
        show(wire.page, "#/response")
        assert "Nothing is asked." in wire.page.locator("main").inner_text()
    assert at.get("/response/states/oak", "lia").status_code == 403


def test_a_drill_cannot_be_taken_for_the_real_thing(at, browser):
    declared(at)
    at.desk.responses.drill = {"since": "2026-05-02T19:00:00Z", "name": "Quiet Field"}
    with person(at, browser, "gus") as wire:
        for place in ("#/response", "#/state/oak", "#/move?kind=decide"):
            show(wire.page, place)
            assert wire.page.locator(".drill").inner_text().startswith("EXERCISE")
            assert "Drill: Quiet Field" in wire.page.locator(".drill").inner_text()


PLACES = ("response", "response?order=call&step=warning&had=breach", "state/oak", "state/A", "move?kind=convene")
PLACES += ("register", "register?by=step&on=2026-04-30", "meetings", "sides", "queue")


def test_axe_finds_nothing_and_a_phone_shows_the_whole_width(at, browser):
    posted(at)
    response = declared(at)
    made(at, "sam", "convene", response=response, about="What follows.", invited=["oak", "A"], quorum=1)
    at.clock.forward(hours=3)
    made(at, "pia", "acknowledge", response=response, step="warning", state="pine")
    faults, wide = {}, []
    with person(at, browser, "gus") as wire:
        page = wire.page
        for place in PLACES:
            show(page, f"#/{place}")
            for scheme, only in (("light", {}), ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]})):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_selector(f"html[data-theme={scheme}]")
                found = Axe().run(page, options={"resultTypes": ["violations"], **only})
                if found.violations_count:
                    faults[place, scheme] = found.generate_report()
            page.set_viewport_size({"width": 360, "height": 740})
            if page.evaluate("document.documentElement.scrollWidth") > 360:
                wide.append(place)
            page.set_viewport_size({"width": 1440, "height": 900})
    assert faults == {}
    assert wide == []
    assert wire.told == []


def crowd(text):
    """The ladder with 35 guarantors and 12 steps."""
    others = "".join(f"  - {{id: {name}, name: The State of {name.title()}, role: guarantor}}\n" for name in STATES)
    text = quick(text).replace("zones:\n", f"{others}zones:\n", 1)
    names = ", ".join(["oak", "birch", "elm", "pine", *STATES])
    steps = "".join(
        f"  - {{id: more-{n}, number: {n}, text: A further step of the coordinated response., trigger: It goes on., "
        f"when: {{breach: {{}}}}, clock: {{from: breach, hours: {24 * n}}}, declared_by: [commission], "
        f"acts_by: [{names}], rests_on: two-voices, acknowledge_hours: 2, done: reported}}\n"
        for n in range(4, 13)
    )
    return text.replace("acts_by: [A, oak, birch, elm, pine]", f"acts_by: [A, {names}]").replace(
        "readings:\n", f"{steps}readings:\n", 1
    )


def test_a_board_of_35_states_and_12_steps_prints_on_one_sheet(tmp_path, repository, built_page, browser):
    with ladder_office(tmp_path, repository, change=crowd, page=built_page) as at:
        declared(at)
        with person(at, browser, "aud") as wire:
            show(wire.page, "#/response")
            assert wire.page.locator(".board tbody tr").count() == 36  # and a party that acts
            assert wire.page.locator(".board thead th").count() == 13
            sheet = PdfReader(io.BytesIO(wire.page.pdf(prefer_css_page_size=True)))
            assert len(sheet.pages) == 1
            width, height = (float(edge) for edge in sheet.pages[0].mediabox[2:])
            assert sorted((round(width), round(height))) == pytest.approx([595, 842], abs=2)
            words = sheet.pages[0].extract_text()
            assert "State-30" in words
            assert "EXERCISE" in words
