# SPDX-License-Identifier: Apache-2.0
"""A server of the demo's results and a browser on it."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from chromium_flags import FLAGS
from playwright.sync_api import Page, sync_playwright

from truceline.server import app
from truceline.server.run import listen


@dataclass
class Site:
    """The page of a run, served."""

    address: str
    folder: Path
    told: list[str] = field(default_factory=list)
    """What the browser complained of, and every request that left the address."""

    @property
    def page(self) -> dict:
        return json.loads((self.folder / "page.json").read_text())

    def watch(self, page: Page) -> Page:
        """Keep errors, warnings and foreign requests of a page."""
        page.on(
            "console", lambda m: self.told.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda e: self.told.append(f"error: {e}"))
        page.on("request", lambda r: None if self._own(r.url) else self.told.append(f"foreign: {r.url}"))
        return page

    def _own(self, url: str) -> bool:
        return url.startswith((self.address, f"blob:{self.address}", "data:"))


def serve(folder: Path, dist: Path):
    """Yield the site while a server answers for it."""
    with listen(0) as listening:
        server = uvicorn.Server(uvicorn.Config(app(folder, dist), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}/", folder)
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def built_page(repository) -> Path:
    dist = repository / "web" / "dist"
    assert (dist / "index.html").is_file(), "the page is not built: run `make web`"
    return dist


@pytest.fixture(scope="session")
def site(demo_folder, built_page):
    yield from serve(demo_folder, built_page)


@pytest.fixture(scope="session")
def precise_site(precise, built_page):
    yield from serve(precise.folder, built_page)


@pytest.fixture(scope="module")
def browser(chromium):
    """One for each file of tests: Playwright allows one driver at a time, and other files start their own."""
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def shared_page(site, browser) -> Page:
    """One page of the usual size, opened once for each file of tests: opening it draws the map by software."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = site.watch(context.new_page())
    page.goto(site.address)
    page.wait_for_selector("body[data-idle]", timeout=60_000)
    yield page
    context.close()


@pytest.fixture
def visit(site, shared_page):
    """Shows an address in the shared page, as a link would; checks at the end that nothing was complained of.

    Every state of the page is an address, so no test sees what another left. Tests of opening itself, of other sizes
    and of the theme that is kept open a page of their own.
    """

    def shown(path: str = "#/now") -> Page:
        shared_page.evaluate(
            """async path => {
              if (location.hash === path) return;
              const gone = new Promise(done => addEventListener("hashchange", done, { once: true }));
              location.hash = path;
              await gone;
            }""",
            path,
        )
        shared_page.wait_for_selector("main > *")
        return shared_page

    yield shown
    shared_page.unroute_all()
    assert shared_page.locator("dialog[open]").count() == 0
    assert site.told == []


@pytest.fixture
def open_page(site, browser):
    """Opens an address of the page and waits until it shows; checks at the end that nothing was complained of."""
    contexts = []

    def opened(path: str = "", *, width: int = 1440, height: int = 900, scheme: str = "light", at: Site = site) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = at.watch(context.new_page())
        page.goto(at.address + path)
        page.wait_for_selector("main > *")
        if page.locator(".map").count():
            page.wait_for_selector("body[data-idle]", timeout=60_000)
        return page

    site.told.clear()
    yield opened
    for context in contexts:
        context.close()
    assert site.told == []
