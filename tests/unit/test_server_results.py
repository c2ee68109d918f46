# SPDX-License-Identifier: Apache-2.0
"""Results of a served watch, asked for by everybody in turn: the exact page and exact records are the monitors' alone."""

import json

import pytest
from desk_world import office

from truceline.model.record import MADE, Record

MONITORS = {"wanda", "anna", "ben", "aud"}
JUDGES = {"olga", "bert", "emma", "sita", "sibo", "sam"}
ASKING = [None, *sorted(MONITORS | JUDGES), "lia", "lib", "gus", "adam"]
EXACT, COARSE = {"format": "x", "at": "36.12345"}, {"format": "x", "at": "36.1"}

EVERYBODY = {"run", "terms", "line", "extent", "cloud", "claim"}
READ_BY = {
    **dict.fromkeys(("event", "assessment"), MONITORS | JUDGES),
    **dict.fromkeys(("detection", "surroundings", "rejected", "denial", "look", "orbit"), MONITORS),
    **dict.fromkeys(("coverage", "comparison", "estimate", "claim_check", "gap", "report"), MONITORS),
}
"""Who may read a record's body, by kind; everybody may read the others'."""


def page(told_until):
    return COARSE | {"lines": [{"coverage": {"told_until": told_until}}]}


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        out, monitors = found.folder / "out", found.folder / "monitors"
        monitors.mkdir()
        (monitors / "page.json").write_text(json.dumps(EXACT))
        (out / "page.json").write_text(json.dumps(page(1_700_000_000)))
        for name in ("coverage.html", "coverage.json"):
            (out / name).write_text("{}")
        with found.desk.lock:
            found.desk.store.append([Record(kind, {"says": kind}) for kind in MADE])
        found.desk.publish()
        yield found


def test_the_exact_page_is_the_monitors_alone(at):
    for user in ASKING:
        for method in ("GET", "HEAD"):
            answer = at.client.request(method, "/api/v1/page", headers=at.as_(user))
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "private, no-cache"
            assert {"Authorization", "Cookie"} <= {each.strip() for each in answer.headers["vary"].split(",")}
        told = at.get("/page", user).json()
        assert told["at"] == (EXACT if user in MONITORS else COARSE)["at"], user
    with at.desk.lock:
        at.desk.carry()
    read = [body for body in at.records("access") if body["name"] == "page"]
    assert {body["by"]["user"] for body in read} == MONITORS


def test_a_monitors_tag_opens_nothing_to_others(at):
    tag = at.get("/page", "wanda").headers["etag"]
    for user in (None, "lia", "olga"):
        answer = at.get("/page", user, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.json()["at"]) == (200, COARSE["at"])
    assert at.get("/page", headers={"Authorization": "Bearer wrong-wrong-wrong"}).status_code == 401
    assert at.client.get("/page.json").status_code == at.client.get("/monitors/page.json").status_code == 404


@pytest.mark.parametrize("old", [False, True], ids=["young days", "all old"])
def test_a_records_body_is_told_as_the_table_says_and_its_place_in_the_tree_to_all(at, old):
    if old:
        (at.folder / "out" / "page.json").write_text(json.dumps(page(None)))
    open_to_all = EVERYBODY | ({"comparison", "estimate", "report"} if old else set())
    kinds = {index: kind for index, kind in at_kinds(at).items() if kind in MADE}
    assert set(kinds.values()) == set(MADE) == EVERYBODY | set(READ_BY)
    for user in ASKING:
        for index, kind in kinds.items():
            found = at.get(f"/records/{index}", user).json()
            assert {"index", "leaf", "path", "size", "root", "checkpoint"} <= set(found)
            if kind in open_to_all or user in READ_BY[kind]:
                assert json.loads(found["body"]) == {"says": kind}
            else:
                assert set(found) == {"index", "leaf", "path", "size", "root", "checkpoint", "withheld"}, (user, kind)
                assert kind not in json.dumps({key: found[key] for key in ("leaf", "withheld")})


def at_kinds(at):
    with at.desk.lock:
        return {index: kind for kind in MADE for index, _ in at.desk.store.read(kind)}


def test_public_coverage_is_served_where_a_run_wrote_it(at):
    for name in ("coverage.html", "coverage.json"):
        assert at.client.get(f"/{name}").status_code == 200
    for name in ("coverage-cells.csv", "truceline.db", "monitors"):
        assert at.client.get(f"/{name}").status_code == 404
