# SPDX-License-Identifier: Apache-2.0
"""Pages about terms in a browser: accessible by axe, light and dark, wide and narrow; nothing fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from test_states_page import NOW, SEEN

from truceline.cli import main
from truceline.reports.terms_diff import comparison_page
from truceline.scrutiny.compare import compare
from truceline.terms import load

pytestmark = pytest.mark.browser

FULL = Path(__file__).resolve().parents[1] / "vectors" / "terms" / "full.yaml"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-quic"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    text = FULL.read_text("utf-8")
    changed = text.replace("most: 800000", "most: 600000").replace("status: disputed", "status: dropped")
    changed = changed.replace("{id: leave, kind", "{id: go, kind").replace("to_km: 20}", "to_km: 22}")
    first, second = (load(each, file="t.yaml") for each in (text, changed))
    folder = tmp_path_factory.mktemp("pages")
    found = {"diff": comparison_page(compare(first, second, "uk"))}
    energy = EXAMPLES / "energy-truce-2026"
    terms, events = energy / "terms" / "agreement-energy-truce-2026.yaml", energy / "data" / "events.geojson"
    assert main(["assess", "--terms", str(terms), "--events", str(events), "--page", str(folder / "r.html")]) == 0
    seen, minsk = folder / "seen.yaml", EXAMPLES / "minsk-2015" / "terms" / "agreement-minsk-package-2015.yaml"
    seen.write_text(json.dumps(SEEN), encoding="utf-8")
    words = ["terms", "states", str(minsk), "--observed", str(seen), "--at", NOW, "--page", str(folder / "s.html")]
    assert main(words) == 0
    found["states"] = (folder / "s.html").read_text("utf-8")
    found["readings"] = (folder / "r.html").read_text("utf-8")
    for name, page in found.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in found}


@pytest.mark.parametrize("name", ["diff", "readings", "states"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1100)])
def test_a_page_is_accessible_fits_and_fetches_nothing(browser, pages, name, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.goto(pages[name])
    assert asked == [pages[name]]
    assert told == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.close()


def test_the_page_says_exactly_where_the_readings_part_on_the_strike_night(browser, pages):
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    page.goto(pages["readings"])
    night = page.get_by_role("heading", name="4. The strike on a protected object").locator(
        "xpath=following-sibling::p[1]"
    )
    assert night.inner_text().replace("\N{NO-BREAK SPACE}", " ") == (
        "The strike on a protected object of about 2 February 2026, 23:30 UTC is a breach as Kyiv reads the agreement "
        "(94 %); no breach as Washington reads the agreement, for the window ended on 1 February 2026, 22:00 UTC; and "
        "no breach as Moscow reads the agreement, for the window ended on 1 February 2026, 21:00 UTC."
    )
    table = page.get_by_role("table", name="Event 4, energy-facilities, reading by reading")
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads == ["What", "Washington's week", "Moscow's week until 1 February", "Kyiv's seven days"]
    told = table.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts()
    assert [each.splitlines()[0] for each in told] == ["no breach", "no breach", "a breach"]
    page.close()


def test_what_is_folded_opens_from_the_keyboard_and_stands_open_in_print(browser, pages):
    page = browser.new_page(viewport={"width": 800, "height": 800})
    page.goto(pages["readings"])
    fold = page.locator("details").first
    inside = fold.locator("table")
    assert not inside.is_visible()
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert inside.is_visible()
    closed = page.locator("details").nth(1).locator("table")
    assert closed.bounding_box()["height"] == 0
    page.emulate_media(media="print")
    assert closed.bounding_box()["height"] > 20
    page.close()


def test_the_timeline_of_minsk_is_told_by_picture_and_table_and_scrolls_by_keyboard(browser, pages):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(pages["states"])
    picture = page.get_by_role("img", name="Each duty in time")
    assert "out-rockets-B, Armed formations: late" in picture.locator("desc").text_content()
    row = page.get_by_role("table", name="Each duty on this day").get_by_role("row", name="out-guns-A").first
    assert row.get_by_role("cell").first.inner_text() == "done"
    region = page.get_by_role("region", name="Each duty in time")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.close()
