# SPDX-License-Identifier: Apache-2.0
"""Messages and calls in a browser: an office acknowledges on a phone, the watch rings by keyboard and takes the codes."""

from __future__ import annotations

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from commission_page import person, show
from ladder_office import declared, ladder_office
from playwright.sync_api import expect
from pypdf import PdfReader

from truceline.dispatch import read_contacts
from truceline.model.case import MACHINE
from truceline.model.dispatch import Entry
from truceline.reports.html_parts import document, in_drill

pytestmark = pytest.mark.browser

CONTACTS = """
contacts:
  - {id: oak-duty, user: gus, name: Duty officer of Oak, email: duty@oak.example, phone: "+1 555 1"}
  - {id: oak-second, user: olga, name: Oak's commissioner, language: uk, phone: "+1 555 2"}
  - {id: b-liaison, user: lib, name: B's liaison, phone: "+1 555 3"}
trees: {oak: [oak-second, oak-duty], B: [b-liaison]}
"""


@pytest.fixture
def at(tmp_path, repository, built_page):
    with ladder_office(tmp_path, repository, page=built_page) as found:
        found.desk.notifier.contacts = read_contacts(CONTACTS, "contacts.yaml")
        declared(found)
        found.get("/messages", "sam")
        yield found


def items(at, **wanted):
    held = at.desk.notifier.outbox.items.values()
    return [i for i in held if all(getattr(i.message, key) == value for key, value in wanted.items())]


def failed(at, item):
    """Its e-mail came to nothing and is tried again."""
    data = {"channel": "email", "number": 1, "result": "failed", "proof": {"smtp": 451, "said": "later"}}
    with at.desk.lock:
        at.desk.notifier.log(
            Entry("attempt", item.message.id, MACHINE, at.clock.at, {"channel": "email", "number": 1}),
            Entry("outcome", item.message.id, MACHINE, at.clock.at, {**data, "again": "2026-05-03T00:00:00Z"}),
        )


def test_an_office_reads_and_acknowledges_on_a_phone(at, browser):
    (asked,) = items(at, cause="asked", to="oak-duty")
    failed(at, asked)
    with person(at, browser, "gus", width=360, height=740) as wire:
        page = wire.page
        show(page, "#/messages?only=open")
        row = page.locator(".messages > li")
        assert row.count() == 1
        assert "e-mail: failed, is tried again, tried once" in row.inner_text()
        assert "smtp 451" in row.inner_text()
        row.get_by_text("What it says").click()
        expect(row.locator("blockquote")).to_contain_text("Please acknowledge, and say what your capital decides.")
        assert page.get_by_role("heading", name="Telephone trees").count() == 0
        assert page.get_by_role("button", name="Try every way anew").count() == 0
        button = page.get_by_role("button", name="Our office has it")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        button.click()
        expect(page.locator(".messages > li")).to_have_count(0)
        show(page, "#/messages")
        expect(page.locator(".messages > li[data-state=acknowledged]")).to_contain_text("by gus, signed in")
        assert "Stop first" not in wire.said()
    assert wire.told == []
    (asked,) = items(at, cause="asked", to="oak-duty")
    assert asked.by == "gus"


def test_the_watch_rings_by_keyboard_and_takes_the_codes(at, browser):
    secret = at.enrol("olga")
    at.clock.forward(minutes=16)
    with person(at, browser, "wanda") as wire:
        page = wire.page
        page.keyboard.press("g")
        page.keyboard.press("d")
        page.wait_for_selector("body[data-screen=messages] .office:not([aria-busy])")
        tree = page.locator("tbody tr", has_text="Oak")
        assert "Oak's commissioner, then Duty officer of Oak" in tree.inner_text()
        ring = page.get_by_role("button", name="Ring oak-second")
        ring.focus()
        page.keyboard.press("Enter")
        call = page.locator(".calling")
        expect(call.locator("h3")).to_have_text("Ring Oak's commissioner, Oak")
        assert call.locator("a.phone").get_attribute("href") == "tel:+15552"
        digits = call.locator(".digits").inner_text()
        said = call.locator("blockquote")
        assert said.get_attribute("lang") == "uk"
        assert said.inner_text().startswith("Це центр")
        assert digits in said.inner_text()
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
        call.get_by_label("Digits they heard").fill("000000")
        call.get_by_label("Code of their second factor").fill(at.code(secret))
        call.get_by_role("button", name="They called back").click()
        expect(call.get_by_role("alert").last).to_contain_text("not right")
        call.get_by_label("Digits they heard").fill(digits)
        page.keyboard.press("Enter")
        expect(page.locator("tbody tr", has_text="Oak")).to_contain_text("called back")
    assert all("403" in line for line in wire.told)  # the browser's own word for the wrong code
    assert [(i.by, i.how) for i in items(at, cause="asked")] == [("olga", "call-back")]
    with person(at, browser, "olga") as wire:
        show(wire.page, "#/messages")
        expect(wire.page.locator("section.rung")).to_contain_text(
            "you called back"
        )  # her own call, and nothing to ring
        assert wire.page.get_by_role("heading", name="Telephone trees").count() == 0
    with person(at, browser, "aud") as wire:
        show(wire.page, "#/messages")
        assert wire.page.get_by_role("heading", name="Telephone trees").count() == 1
        assert wire.page.get_by_role("button", name="Ring").count() == 0


def test_every_printed_sheet_of_a_drill_says_so(browser):
    page = browser.new_page()
    page.set_content(in_drill(document("Register", "<p>one line</p>" * 300), "DRILL", "DRILL: Night exercise <x>"))
    assert page.locator(".drill").inner_text() == "DRILL: Night exercise <x>"
    page.evaluate("scrollTo(0, 4000)")
    assert page.evaluate("scrollY") > 1000
    assert page.locator(".drill").bounding_box()["y"] == 0
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(sheets) > 3
    assert all(sheet.extract_text().count("DRILL") >= 10 for sheet in sheets)
    page.close()
