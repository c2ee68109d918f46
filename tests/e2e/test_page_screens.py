# SPDX-License-Identifier: Apache-2.0
"""Every other screen in a browser: accessible, saying what the run says, and checking the ledger by itself."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SCREENS = ("now", "events", "claims", "terms", "sources", "one-sided", "ledger")


@pytest.fixture(scope="module")
def event(site):
    """Index and position of the truce's event with most pixels near the line."""
    events, km = site.page["events"], site.page["lines"][0]["events"]["km"]
    inside = [i for i in range(len(km)) if events["truce"][i] and km[i] <= 20]
    best = max(inside, key=lambda i: events["pixels"][i])
    return events["index"][best], best


def test_axe_finds_nothing_on_any_screen_light_or_dark(visit, event):
    places = {**{name: name for name in SCREENS}, "event": f"event/{event[0]}", "record": "record/3"}
    faults = {}

    def judge(page, name):
        """Both schemes in one visit; dark changes colours only, so there only the rules of colour are asked again."""
        for scheme, only in (("light", {}), ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]})):
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("html")).to_have_attribute("data-theme", scheme)
            found = Axe().run(page, options={"resultTypes": ["violations"], **only})
            if found.violations_count:
                faults[name, scheme] = found.generate_report()

    for name, place in places.items():
        page = visit(f"#/{place}")
        page.wait_for_selector(f"body[data-screen={name}]")
        if name in ("event", "record", "ledger"):
            page.wait_for_selector("[data-proof=checked]")
        judge(page, name)
    page.keyboard.press("Control+k")
    judge(page, "palette")
    page.keyboard.press("Escape")
    page.emulate_media(color_scheme="light")
    assert faults == {}


def test_an_event_shows_reasons_evidence_and_a_checked_proof(visit, site, event):
    index, place = event
    detail = site.page["details"][str(place)]
    page = visit(f"#/event/{index}")
    assert page.locator("h1").inner_text() == detail["title"]
    page.wait_for_selector("[data-proof=checked]")
    proof = page.locator(".proof").inner_text()
    assert "Checked in this browser" in proof
    assert "signature holds" in proof
    text = page.locator("main").inner_text()
    for reading in site.page["readings"]:
        assert reading["name"] in text
    assert "no evidence either way. Not zero." in text
    assert "saw no fire here" in text
    marked = page.locator("tr.differ")
    assert marked.count() == sum(row["differ"] for table in detail["breaches"] for row in table["rows"])
    assert page.locator("[aria-label^=Status]").get_attribute("aria-label") == f"Status: {detail['status']}"


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("body", lambda v: v.replace("e", "f", 1)),
        ("leaf", lambda v: v.replace('"v":1', '"v":2')),
        ("index", lambda v: v + 1),
        ("path", lambda v: [v[0][::-1], *v[1:]]),
        ("checkpoint", lambda v: v.replace("\n\n", "\nx\n\n")),
        ("id", lambda v: v[:-1] + ("0" if v[-1] != "0" else "1")),
    ],
)
def test_a_forged_record_is_not_called_checked(visit, event, key, change):
    page = visit("#/terms")

    def forge(route):
        answer = route.fetch()
        value = answer.json()
        route.fulfill(response=answer, body=json.dumps(value | {key: change(value[key])}))

    page.route("**/api/v1/records/*", forge)
    visit(f"#/record/{0 if key in ('body', 'id') else event[0]}")  # an event's body is not everybody's
    page.wait_for_selector("[data-proof]")
    assert page.locator("[data-proof]").get_attribute("data-proof") in ("fails", "not-checked")


def test_claims_stand_beside_estimates_and_are_not_compared(visit, site):
    page = visit("#/claims")
    text = page.locator("main").inner_text()
    claims = site.page["lines"][0]["claims"]
    assert len(claims) == 3
    for claim in claims:
        assert claim["figure"] in text
        assert claim["verdict_text"] in text
        assert all(reason in text for reason, _ in claims[0]["reasons"])
    assert "Different unit below. Do not compare across this line." in text
    assert site.page["sentences"]["order"] in text
    assert "confirmed" not in text


def test_sources_show_files_and_missing_days(visit, site):
    page = visit("#/sources")
    hatched = page.locator(".matrix .hatched").count()
    assert hatched == sum(row.count(None) for row in site.page["satellite_days"]["rows"]) > 0
    text = page.locator("main").inner_text()
    assert "NASA FIRMS" in text
    assert "drawing one is no judgement" in text
    looks = site.page["looks"]
    assert any(looks["denied"])
    for k, sensor in enumerate(looks["sensors"]):
        mine = [i for i, of in enumerate(looks["sensor"]) if of == k]
        read = [i for i in mine if not looks["denied"][i]]
        full = sum(looks["rows"][i] > 0 for i in read)
        row = page.locator(
            "[aria-label='Passes by satellite'] tr", has=page.get_by_role("rowheader", name=sensor, exact=True)
        )
        shown = [int(cell.replace(",", "")) for cell in row.locator("td.num").all_inner_texts()[:5]]
        assert shown == [len(mine), len(read), full, len(read) - full, len(mine) - len(read)]


def test_the_report_shows_as_it_is_meant(browser, site):
    """The server's policy lets the report's own styles through: no complaint, and its pictures have colours."""
    site.told.clear()
    page = site.watch(browser.new_page())
    page.goto(site.address + "report.html")
    fills = page.evaluate("[...document.querySelectorAll('svg rect')].map(e => getComputedStyle(e).fill)")
    assert len(set(fills)) > 2
    page.close()
    assert site.told == []


def test_one_sided_things_are_listed(visit, site):
    text = visit("#/one-sided").locator("main").inner_text()
    assert site.page["one_sided"]
    for one in site.page["one_sided"]:
        assert one["text"] in text


def test_the_keyboard_goes_through_the_table_of_events(open_page):
    """j, k and Enter: the chosen row is marked, on screen, and goes on to the next page of the table."""
    page = open_page("#/events?which=all", height=500)
    names = page.locator("tbody tr td:last-child").all_inner_texts()
    assert len(names) == 200
    powers = page.locator("tbody td:nth-child(6)").all_inner_texts()
    assert all(re.fullmatch(r"\d+\.\d\sMW|not measured", text) for text in powers)
    chosen = page.locator("tr[aria-current=true]")
    expect(chosen).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    expect(chosen.locator("td").last).to_have_text(names[0])
    for _ in range(12):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(chosen.locator("td").last).to_have_text(names[11])
    expect(chosen).to_be_in_viewport(ratio=1)
    ground = "e => getComputedStyle(e).backgroundColor"
    assert chosen.evaluate(ground) != page.locator("tbody tr").first.evaluate(ground)
    last = int(names[199].replace(",", ""))
    page.evaluate("index => location.hash = `#/events?which=all&event=${index}`", last)
    expect(chosen.locator("td").last).to_have_text(names[199])
    page.keyboard.press("j")
    assert "page=1" in page.url
    expect(chosen).to_be_in_viewport(ratio=1)
    place = chosen.locator("a").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector(".cols.event")
    assert page.url.split("/event/")[1].split("?")[0] != str(last)
    expect(page.locator("h1")).to_contain_text(place)


def test_an_unknown_event_is_told(visit):
    assert visit("#/event/1").locator("h1").inner_text() == "No such event"


def test_the_form_is_one_press_away_on_a_phone_too(visit):
    page = visit("#/claims")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Check a claim of your own").click()
    form = page.get_by_label("The claim, in English")
    assert form.evaluate("field => field === document.activeElement")
    box = form.bounding_box()
    assert 0 <= box["y"] <= 844
