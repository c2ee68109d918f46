# SPDX-License-Identifier: Apache-2.0
"""The Now screen in a browser: it draws, by software, light and dark, wide and narrow, from its own address only."""

from __future__ import annotations

import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from truceline.reports.facts import BLIND_HOURS
from truceline.reports.formats import duration

pytestmark = pytest.mark.browser


def picture(page, selector):
    return np.asarray(Image.open(io.BytesIO(page.locator(selector).first.screenshot())).convert("RGB")).astype(int)


def test_page_and_summary_know_the_same_gaps(site):
    """Page, report and summary come by one coverage: the truce's gaps agree to the minute."""
    summary = json.loads((site.folder / "summary.json").read_text())
    known = [duration(gap["hours"]) for gap in summary["coverage"]["gaps"] if gap["hours"] >= BLIND_HOURS]
    shown = [gap["truce"] for gap in site.page["gaps"] if gap["truce"]]
    assert len(shown) == len(known) >= 3
    assert all(text.endswith(f"for {length}") for text, length in zip(shown, known, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_is_drawn(open_page, visit, scheme, figures):
    page = visit() if scheme == "light" else open_page(scheme=scheme)
    pixels = picture(page, ".map canvas")
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50, "blank"
    black = (pixels.sum(axis=2) < 12).mean()
    assert black < 0.05, "a black map: a hatched shape was drawn wrongly"
    bright = pixels.mean()
    assert (bright > 200) if scheme == "light" else (bright < 80)
    idle = int(page.evaluate("document.body.dataset.idle"))
    figures(f"page_idle_{scheme}", {"idle_ms": idle})
    assert idle > 0


def test_it_says_first_what_was_not_seen(visit, site):
    page = visit()
    status = site.page["lines"][0]["status"]
    assert page.locator("h1").inner_text() == status["sentence"]
    assert "passed for" in status["sentence"]
    facts = page.locator(".facts li").all_inner_texts()
    assert len(facts) == 6
    assert any("Clear breaches 0 at" in fact for fact in facts)
    rows = page.locator(".gap-row").all_inner_texts()
    assert any("nothing could be seen for" in row for row in rows)
    listed = page.locator(".event-row").all_inner_texts()
    assert listed
    assert all(re.search(r"\d\.\d\sMW", text) for text in listed), "power has one decimal: 0.7 MW is neither 0 nor 1"


def test_the_axis_has_every_pass_and_each_gap_in_words(visit, site):
    page = visit(f"#/now?from={stamp(site.page['watch']['start'])}&to={stamp(site.page['watch']['end'])}")
    drawn = page.locator(".axis [data-pass]").count()
    assert drawn == len(site.page["looks"]["start"])
    blank = page.locator(".axis [data-pass] title", has_text="left no row").count()
    assert blank > 0
    words = page.locator(".axis svg").text_content()
    assert "not observed" in words
    expect(page.locator(".legend")).to_contain_text("coverage is told per province and whole UTC day")
    lengths = [gap["length"] for gap in site.page["gaps"]]
    assert sum(length in words for length in lengths) > len(lengths) * 0.6
    assert page.locator(".axis svg").get_attribute("aria-label").count("nothing could be seen") == len(lengths)


def test_the_axis_cuts_gaps_to_the_truce(visit, site):
    """A gap that begins before the truce counts in it only from the truce's start, in box and list alike."""
    crossing = [gap for gap in site.page["gaps"] if gap["truce"] and gap["truce_length"] != gap["length"]]
    assert crossing
    words = visit().locator(".axis svg").text_content()
    assert all(f"{gap['truce_length']} of the truce" in words for gap in crossing)


def test_the_map_starts_without_a_cell_of_the_basemap(browser, site):
    page = site.watch(browser.new_page())
    page.route("**/base/30_40.json", lambda route: route.abort())
    page.goto(site.address)
    page.wait_for_selector("body[data-idle]", timeout=60_000)
    expect(page.locator(".legend .lacking")).to_contain_text("could not be loaded")
    assert len(np.unique(picture(page, ".map canvas").reshape(-1, 3), axis=0)) > 50
    page.close()
    assert all("ERR_FAILED" in told for told in site.told)
    site.told.clear()


def stamp(iso):
    return int(np.datetime64(iso.removesuffix("Z"), "s").astype(int))


def test_the_keyboard_goes_everywhere(visit):
    page = visit()
    first = page.locator(".event-row[aria-current=true]").get_attribute("data-i")
    page.keyboard.press("j")
    assert page.locator(".event-row[aria-current=true]").get_attribute("data-i") != first
    page.keyboard.press("k")
    assert page.locator(".event-row[aria-current=true]").get_attribute("data-i") == first
    page.keyboard.press("c")
    assert "layer=probability" in page.url
    page.keyboard.press("]")
    assert "at=" in page.url
    page.keyboard.press("Enter")
    page.wait_for_selector(".cols.event")
    assert page.evaluate("document.activeElement.id") == "main"
    for key, heading in (("c", "claims"), ("t", "the terms"), ("s", "rests on"), ("l", "ledger"), ("e", "Events")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.locator("h1")).to_contain_text(heading, ignore_case=True)
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_selector(".now")


def test_the_palette_finds_places_events_and_records(visit):
    page = visit("#/claims")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    page.keyboard.type("fire")
    assert page.locator(".palette li").count() > 3
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cols.event")
    page.keyboard.press("/")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Record 12")
    page.wait_for_selector("[data-proof=checked]")
    page.keyboard.press("Control+k")
    page.keyboard.type("no such thing")
    assert "Nothing of that name" in page.locator(".palette ul").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def drag(page, start, end):
    """Drag over the axis between two moments of the span shown."""
    box = page.locator(".axis").bounding_box()
    for step, at in enumerate((start, end)):
        page.mouse.move(box["x"] + 128 + at * (box["width"] - 148), box["y"] + 80, steps=1 + 3 * step)
        if step == 0:
            page.mouse.down()
    page.mouse.up()


def test_a_second_span_is_compared_per_unit_of_coverage(visit, site):
    page = visit()
    drag(page, 0.3, 0.45)
    assert "mean coverage" in page.locator(".picked").inner_text()
    drag(page, 0.55, 0.7)
    said = page.locator(".picked").inner_text()
    assert "Span 1" in said
    assert "Per unit of coverage" in said
    assert page.locator(".axis [data-span]").count() == 2
    gap = max((gap for gap in site.page["gaps"] if gap["truce"]), key=lambda gap: gap["end"] - gap["start"])
    blind = f"{gap['start'] + 600}-{gap['end'] - 600}"
    page.evaluate("span => location.hash = location.hash.replace(/b=[^&]*/, 'b=' + span)", blind)
    expect(page.locator(".picked")).to_contain_text("Cannot tell: no readable pass over the line in span 2.")
    page.get_by_role("button", name="Zoom to span 1").click()
    assert "from=" in page.url


def test_play_stops_before_a_gap_and_says_so(visit, site):
    gap = [gap for gap in site.page["gaps"] if gap["truce"]][1]
    page = visit(f"#/now?at={gap['start'] - 1500}")
    page.keyboard.press(".")
    assert f"at={gap['start'] - 900}" in page.url
    page.keyboard.press(",")
    assert f"at={gap['start'] - 1500}" in page.url
    page.keyboard.press("Space")
    played = page.locator(".axis .played")
    expect(played).to_contain_text(gap["text"], timeout=30_000)
    assert f"at={gap['start']}" in page.url, "it went into the gap"
    page.keyboard.press("Space")
    expect(page.locator(".presets")).to_contain_text("Stop")
    page.wait_for_timeout(300)
    page.keyboard.press("Space")
    expect(played).to_contain_text("Stopped.")
    assert int(page.url.split("at=")[1].split("&")[0]) >= gap["end"]


def test_one_side_can_be_shown_by_itself_and_is_named(visit, site):
    page = visit()
    line = site.page["lines"][0]
    drawn = [page.locator(".axis [data-event]").count()]
    for side, name in enumerate(line["coverage"]["sides"]):
        page.keyboard.press("s")
        expect(page.locator(".presets")).to_contain_text(f"Side: {name}")
        assert f"side={side}" in page.url
        drawn.append(page.locator(".axis [data-event]").count())
    assert drawn[0] == drawn[1] + drawn[2]
    page.keyboard.press("s")
    expect(page.locator(".presets")).to_contain_text("Side: both")


def test_a_phone_shows_it_without_sideways_scrolling(open_page):
    page = open_page(width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".drawer-button").click()
    expect(page.locator(".panel.open .event-row[aria-current=true]")).to_be_in_viewport()
    page.keyboard.press("Escape")
    assert page.locator(".panel.open").count() == 0
    for path in ("events", "claims", "terms", "sources", "one-sided", "ledger"):
        page.goto(page.url.split("#")[0] + f"#/{path}")
        page.wait_for_selector(".screen")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_theme_can_be_turned_and_is_kept(open_page):
    page = open_page("#/terms")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("d")
    dark = page.evaluate(ground)
    assert light != dark
    page.reload()
    page.wait_for_selector("h1")
    assert page.evaluate(ground) == dark


def told(page):
    """The strip above the map."""
    return [page.locator("h1").inner_text(), *page.locator(".facts b").all_inner_texts()]


def written(status):
    return [status["sentence"], *(fact["value"] for fact in status["facts"])]


def test_both_lines_stand_side_by_side(open_page, precise_site):
    page = open_page(at=precise_site)
    names = [line["name"] for line in precise_site.page["lines"]]
    assert len(names) == 2
    before = page.locator(".panel h2").inner_text()
    statuses = [line["status"] for line in precise_site.page["lines"]]
    assert statuses[0]["facts"] != statuses[1]["facts"]
    assert told(page) == written(statuses[0])
    page.keyboard.press("r")
    assert told(page) == written(statuses[1]), "the strip is still the first line's"
    assert f"line={names[1]}" in page.url
    assert page.locator(".switch.right [aria-pressed=true]").get_attribute("data-key") == names[1]
    assert page.locator(".panel h2").inner_text() != before
    assert precise_site.told == []


def many(value, n):
    """The same page with so many more events in the truce, near its own ones."""
    draw = np.random.default_rng(5)
    events = value["events"]
    inside = [i for i, held in enumerate(events["truce"]) if held]
    for i in draw.choice(inside, n).tolist():
        for table in (events, events["p"], *(line["events"] for line in value["lines"])):
            for column in table.values():
                if isinstance(column, list):
                    column.append(column[i])
        events["index"][-1] = 10_000_000 + len(events["index"])
        events["lon"][-1] += float(draw.normal(0, 0.15))
        events["lat"][-1] += float(draw.normal(0, 0.1))
    return value


def test_ten_thousand_events_are_drawn_as_numbers_and_stay_quick(browser, site, figures):
    page = site.watch(browser.new_page(viewport={"width": 1440, "height": 900}))
    value = many(site.page, 10_000)
    page.route("**/api/v1/page", lambda route: route.fulfill(json=value))
    page.goto(site.address)
    page.wait_for_selector("body[data-idle]", timeout=60_000)
    expect(page.locator(".legend")).to_contain_text("many, with their number")
    assert page.locator(".event-row").count() <= 301
    expect(page.locator(".rows")).to_contain_text("more are not listed here")
    expect(page.locator(".axis svg")).to_contain_text("larger is more")
    chosen = "document.querySelector('.event-row[aria-current=true]').dataset.i"
    before = page.evaluate(chosen)
    took = page.evaluate(
        """async () => {
          const from = performance.now();
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          return performance.now() - from;
        }"""
    )
    figures("page_ten_thousand_events", {"next_event_ms": round(took)})
    # The time is a figure, not a gate: a busy machine is no fault of the page. What keeps it quick is tested above.
    assert page.evaluate(chosen) != before
    page.close()
    assert site.told == []
