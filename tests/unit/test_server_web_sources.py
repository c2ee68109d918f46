# SPDX-License-Identifier: Apache-2.0
"""The page's own sources: locked exactly, naming no host, short files, nothing fetched from elsewhere."""

from __future__ import annotations

import json
import re

import pytest


@pytest.fixture(scope="module")
def web(repository):
    return repository / "web"


def test_dependencies_are_exact_and_few(web):
    package = json.loads((web / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())
    assert len(versions) <= 10


def test_the_lock_holds_hashes_and_no_hosts(web):
    text = (web / "package-lock.json").read_text()
    assert "http" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_sources_are_short_and_licensed(web):
    files = [
        path
        for kind in ("ts", "css", "mjs")
        for path in [*web.glob(f"src/**/*.{kind}"), *web.glob(f"scripts/*.{kind}")]
    ]
    assert len(files) > 25
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert "SPDX-License-Identifier: Apache-2.0" in lines[0], path.name
        assert len(lines) < 400, path.name


def test_nothing_comes_from_elsewhere_and_text_never_becomes_markup(web):
    for path in [*web.glob("src/**/*.ts"), *web.glob("src/**/*.css"), web / "index.html"]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
        assert not re.search(r"https?://\w", text), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text), path.name
