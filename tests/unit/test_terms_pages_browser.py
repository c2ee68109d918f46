# SPDX-License-Identifier: Apache-2.0
"""Pages about terms in a browser: accessible by axe, light and dark, wide and narrow; nothing fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from truceline.reports.terms_diff import comparison_page
from truceline.scrutiny.compare import compare
from truceline.terms import load

pytestmark = pytest.mark.browser

FULL = Path(__file__).resolve().parents[1] / "vectors" / "terms" / "full.yaml"


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
    for name, page in found.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in found}


@pytest.mark.parametrize("name", ["diff"])
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
