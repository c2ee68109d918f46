# SPDX-License-Identifier: Apache-2.0
"""The API's pages: every route is in the table as the server describes it, and the examples run against a real one."""

from __future__ import annotations

import re
import sys

import pytest
from desk_world import office

from truceline.server.forms import MAX_BODY, MAX_DEPTH, PAGE, PERMIT
from truceline.server.routes.events import BEAT
from truceline.wire.acts import MAX_LIST, MAX_TEXT

ROW = re.compile(r"^\| `([A-Z]+) (/[^`]*)` \| ([^|]*) \| ([^|]+) \|$", re.MULTILINE)
USERS = ("wanda", "lia", "sam")


@pytest.fixture(scope="module")
def at(tmp_path_factory, repository):
    with office(tmp_path_factory.mktemp("docs"), repository) as found:
        yield found


def test_the_table_is_what_the_server_describes(at, repository):
    text = (repository / "docs" / "reference" / "api.md").read_text("utf-8")
    written = {(method, path): (permit.strip(), what.strip()) for method, path, permit, what in ROW.findall(text)}
    document = at.client.get("/api/v1/openapi.json").json()
    described = {
        (method.upper(), path.removeprefix("/api/v1")): (
            " ".join(operation.get(PERMIT, ())) or "everybody",
            operation["description"].split(". ")[0].split(".\n")[0].rstrip(".").replace("\n", " "),
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert sorted(written) == sorted(described)
    assert written == described


def test_the_limits_on_the_page_are_those_of_the_server(repository):
    text = (repository / "docs" / "reference" / "api.md").read_text("utf-8")
    limits = (f"{MAX_BODY // 1024} KiB", f"{MAX_DEPTH} levels", f"{MAX_TEXT:,} characters", f"{MAX_LIST} items")
    assert all(limit in text for limit in limits)
    assert f"pages of {PAGE}" in text
    assert f"every {BEAT:g} seconds" in text


def test_the_examples_run_against_a_real_server(at, repository, capsys):
    text = (repository / "docs" / "how-to" / "use-the-api.md").read_text("utf-8")
    blocks = re.findall(r"^```python served\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    tokens = {user: at.as_(user)["Authorization"].removeprefix("Bearer ") for user in USERS}
    names = {"SERVER": str(at.client.base_url).rstrip("/"), "TOKEN": tokens}
    for number, block in enumerate(blocks):
        exec(compile(block, f"example {number}", "exec"), names)
    said = capsys.readouterr().out
    assert "somebody was quicker" in said
    assert "0 items are withheld" in said
    assert sys.modules["truceline.client"]
