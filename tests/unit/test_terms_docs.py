# SPDX-License-Identifier: Apache-2.0
"""The reference's own example loads, and the reference names every key."""

from __future__ import annotations

import re

import pytest

from truceline import terms
from truceline.base import yaml
from truceline.terms import schema
from truceline.terms.kinds import IdOr, Keyed, ListOf, Shape


@pytest.fixture(scope="module")
def page(repository):
    return (repository / "docs/reference/terms.md").read_text("utf-8")


def test_the_example_of_the_reference_loads(page):
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    found = terms.load(block, file="terms.md")
    assert [[p.id for p in r.provisions] for r in found.readings] == [["guns", "harbour"], ["guns", "islands"]]
    assert found.window.hours == 72


def keys(kind):
    if isinstance(kind, Shape):
        for key, rule in kind.fields.items():
            yield key
            yield from keys(rule.kind)
    elif isinstance(kind, ListOf | Keyed):
        yield from keys(kind.kind)
    elif isinstance(kind, IdOr):
        yield from keys(kind.shape)


def test_the_reference_names_every_key_and_limit(page):
    prose = re.sub(r"```yaml.*?```", "", page, flags=re.DOTALL)
    missing = {key for key in keys(schema.AGREEMENT) if f"`{key}`" not in prose}
    assert not missing
    for limit in (yaml.MAX_CHARS, yaml.MAX_NODES, yaml.MAX_DEPTH):
        assert f"{limit:,}" in prose
    for kind in schema.ZONE_KINDS:
        assert f"`{kind}`" in prose
