# SPDX-License-Identifier: Apache-2.0
"""The whole matrix of access over the API (evidence design, A-1), each answer expected from the one table alone.

Every route says under which resource and action of the table it falls; one that says nothing fails the build.
"""

from __future__ import annotations

import random
import time
from itertools import product

import httpx
import pytest
from desk_world import office
from matrix_world import ASKING, PEOPLE, STATES, Maker, allowed

from truceline.access import TABLE
from truceline.model.case import LEVELS, RECORD_OF, Actor
from truceline.server import app
from truceline.server.forms import PERMIT
from truceline.services.permits import PERMIT as OF_ACT

PUBLIC = Actor("public", "public", clearance="public")
OLD = '"999999999"'
"""A version that no case has: an act that is allowed is then not done, and says so with 412."""

RESULTS = {
    "/api/v1/here": ("bulletin", "read"),
    "/api/v1/page": ("bulletin", "read"),
    "/api/v1/claim-check": ("claim", "read"),
    "/api/v1/claim-sheet": ("claim", "read"),
    "/api/v1/claim-words": ("claim", "read"),
    "/api/v1/records/{index}": ("ledger", "read"),
    "/api/v1/openapi.json": ("terms", "read"),
    "/api/v1/me": ("bulletin", "read"),
}
"""Results that everybody may see, who is asking, and the description of it all."""

DATA = {
    "open": {"title": "x", "origin": "event", "provisions": ["no-such-clause"]},
    "evidence": {"modality": "video", "family": "x", "owner": "mission", "grade": "B2"},
    "custody": {"evidence": "x", "to": "store"},
    "grade": {"evidence": "x", "grade": "C3"},
    "withdraw_evidence": {"evidence": "x"},
    "assess": {},
    "attribute": {"hypotheses": {"neither": 1.0, "proxy": 0, "accident": 0, "unknown": 0}, "basis": []},
    "test_exceptions": {"exceptions": []},
    "allege": {"text": "x"},
    "reply": {"text": "x"},
    "request": {"what": "look"},
    "outcome": {"request": "x", "outcome": "free"},
    "outage": {"from": "2026-05-01T00:00:00Z", "to": "2026-05-01T01:00:00Z"},
    "note": {"audience": ["analyst"], "text": "x"},
    "propose": {
        "status": "recorded",
        "reading": "text",
        "basis": [],
        "coverage": {"share": 0.4, "reference_act": "a shell", "period": "2 May"},
        "deadline": "2027-01-01T00:00:00Z",
    },
    "vote": {"proposal": "x", "choice": "for"},
    "determine": {"proposal": "x"},
    "remedy": {"finding": "x", "kind": "apology", "party": "A"},
    "report_remedy": {"remedy": "x"},
    "verify_remedy": {"remedy": "x", "result": "done"},
    "release": {"item": "x", "audience": ["public"]},
    "redact": {"evidence": "x", "fields": ["witness"], "basis": "article 9"},
    "approve": {"of": "x"},
    "merge": {"into": "x"},
    "split": {"events": [1]},
    "close": {"exit": "unsubstantiated"},
}
"""What an act of each kind must say; who it is about comes beside it."""

OF_A_PARTY = ("acknowledge", "order", "silence", "allege", "reply", "report_remedy")
OF_A_SEAT = ("conflict", "boycott", "return", "vote")


@pytest.fixture(scope="module")
def at(tmp_path_factory, repository):
    with office(tmp_path_factory.mktemp("matrix"), repository, PEOPLE) as found:
        yield found


@pytest.fixture(scope="module")
def world(at):
    """Cases in every state, a party's or nobody's, released to nobody or to somebody."""
    maker = Maker(at)
    return [
        maker.make(state, owner, audience)
        for state, owner in product(STATES, (None, "A", "B"))
        if owner is not None or state not in ("notified", "heard")
        for audience in ((), ("public",), ("guarantor",), ("accused",))
    ]


@pytest.fixture(scope="module")
def asking(at):
    found = [PUBLIC, *(at.desk.person(f"{name}-{level}") for name, level in product(ASKING, LEVELS))]
    for actor in found:
        at.as_(user(actor))  # a token made while requests are counted would be a record among theirs
    return found


def sample(found, share, seed, least=300):
    """A share of a list, always the same; the whole where it is one."""
    found = list(found)
    return found if share >= 1 else random.Random(seed).sample(found, max(least, int(len(found) * share)))


def user(actor):
    return None if actor.role == "public" else actor.user


def test_every_route_says_where_it_stands_in_the_table(at):
    known = {(row.resource, action) for row in TABLE for action in row.actions} | {
        ("case", "act"),
        ("response", "move"),
    }
    document = at.client.get("/api/v1/openapi.json").json()
    told = {path: each.get(PERMIT) for path, item in document["paths"].items() for each in item.values()}
    unlisted = [path for path, said in told.items() if said is None and path not in RESULTS]
    assert unlisted == []
    assert {tuple(said) for said in told.values() if said} | set(RESULTS.values()) <= known


def test_what_the_server_serves_beside_the_described_api_are_results_for_everybody(at):
    """A route outside the OpenAPI document is one of those listed here, or gives files of the results or the page."""
    described = set(at.client.get("/api/v1/openapi.json").json()["paths"])
    paths = {getattr(route, "path", "") for route in app(at.folder, at.folder, at.desk).routes}
    assert {path for path in paths if path.startswith("/api/")} - described <= set(RESULTS)
    for resource, action in RESULTS.values():
        assert any(row.resource == resource and action in row.actions and "public" in row.roles for row in TABLE)


def test_the_table_of_acts_is_whole():
    assert set(OF_ACT) == set(RECORD_OF)
    assert set(DATA) | set(OF_A_PARTY) | set(OF_A_SEAT) | {"notice", "absorb", "reopen"} == set(RECORD_OF)


def reads(world, asking):
    """Every (path, actor, whether it is allowed)."""
    for case, actor in product(world, asking):
        seen = case.seen_by(actor)
        for path in ("", "/acts", "/notes"):
            yield f"/cases/{case.id}{path}", actor, seen
        for level, name in case.exhibits.items():
            yield f"/cases/{case.id}/exhibits/{name}", actor, case.exhibit_seen_by(actor, level)
        if case.finding:
            yield f"/findings/{case.finding}", actor, case.finding_seen_by(actor)


def test_everything_read(at, world, asking, proof_scale, figures):
    every = list(reads(world, asking))
    tried = sample(every, proof_scale, "reads")
    begun = time.process_time()
    wrong = []
    for path, actor, may in tried:
        status = at.get(path, user(actor)).status_code
        if status != (200 if may else 404):
            wrong.append((path, actor, may, status))
    assert wrong == []
    assert {may for _, _, may in tried} == {True, False}
    figures(
        "access: everything read over the API, against the table (A-1)",
        {"requests": len(tried), "of": len(every), "wrong": 0, "CPU s": round(time.process_time() - begun)},
    )


def test_lists_hold_what_may_be_seen_and_nothing_else(at, world, asking, proof_scale):
    for actor in [PUBLIC, *sample(asking[1:], proof_scale, "lists", 12)]:
        cases = every(at, "/cases", "cases", actor)
        assert cases >= {case.id for case in world if case.seen_by(actor)}, actor
        assert not cases & {case.id for case in world if not case.seen_by(actor)}, actor
        findings = every(at, "/findings", "findings", actor)
        assert findings == {case.finding for case in world if case.finding and case.finding_seen_by(actor)}, actor
        may = bool(allowed(actor, "read", "access"))
        assert at.get("/access", user(actor), params={"limit": 1}).status_code == (200 if may else 403)
        for path in ("/terms", "/vocabulary", "/withheld", "/me", "/queue", "/notices"):
            assert at.get(path, user(actor)).status_code == 200


def every(at, path, name, actor):
    found, cursor = set(), None
    while True:
        answer = at.get(path, user(actor), params={"limit": 200} | ({"cursor": cursor} if cursor else {})).json()
        found |= {line[name.removesuffix("s")] for line in answer[name]}
        cursor = answer["next"]
        if cursor is None:
            return found


def acts(world, asking):
    """Every (case, actor, kind, data, the table's rows that allow it)."""
    for kind in sorted(set(RECORD_OF) - {"open", "absorb"}):
        resource, action = OF_ACT[kind]
        for party in ("A", "B") if kind in OF_A_PARTY else (None,):
            data = {**DATA.get(kind, {}), **({"party": party} if party else {})}
            levels = LEVELS if kind in ("evidence", "note") else (None,)
            for level, case, actor in product(levels, world, asking):
                if level is None and actor.clearance != "restricted" and actor is not PUBLIC:
                    continue  # where an act has no level, clearance plays no part
                told = {**data, **({"level": level} if level else {})}
                owners = {told.get("party"), told.get("owner")} | ({actor.seat} if kind in OF_A_SEAT else set())
                owners |= {actor.of} if kind == "request" else set()
                audience = {*told.get("audience", ())} | ({actor.role} if kind == "note" else set())
                rows = allowed(actor, action, resource, level or "restricted", owners - {None}, audience, case.state)
                yield case, actor, kind, told, rows


def test_everything_done(at, world, asking, proof_scale, figures):
    """Allowed: 412, for it is asked upon a state that never was. Refused: 403, or 404 where the case is not known."""
    whole = list(acts(world, asking))
    tried = sample(whole, proof_scale, "acts")
    begun = time.process_time()
    before = at.desk.store.size
    wrong, done = [], set()
    for case, actor, kind, data, rows in tried:
        body = {"kind": kind, "reason": "because", "data": data}
        status = at.post(f"/cases/{case.id}/acts", user(actor), body, headers={"If-Match": OLD}).status_code
        office_ = any(row.whose == "any" for row in rows[:1])
        known = case.seen_by(actor) or office_
        expected = 404 if not known else 412 if rows else 403
        done.add(expected)
        if status != expected:
            wrong.append((case.state, actor, kind, data, expected, status))
    assert wrong == []
    assert done == {403, 404, 412}
    with at.desk.lock:
        after = [body for index, body in at.desk.store.read("access") if index >= before]
    assert at.desk.store.size == before + len(after)  # refusals were logged, and nothing was done
    figures(
        "access: everything done over the API, against the table (A-1)",
        {"requests": len(tried), "of": len(whole), "wrong": 0, "CPU s": round(time.process_time() - begun)},
    )


@pytest.mark.parametrize("origin", ["event", "complaint", "self_report", "call"])
def test_everything_opened(at, asking, origin):
    """Allowed: 409, for it names a clause that the agreement has not."""
    for actor, party in product(asking, ("A", "B")):
        data = {**DATA["open"], "origin": origin, "complainant": party}
        resource, action = "case", "open"
        if actor.role == "liaison":
            action = {"complaint": "complain", "self_report": "self_report", "call": "call"}.get(origin, "open")
            resource = "notice" if origin == "call" else "case"
        may = allowed(actor, action, resource, "restricted", {party})
        status = at.post("/cases", user(actor), {"reason": "because", "data": data}).status_code
        assert status == (409 if may else 403), (actor, data)


def test_the_parties_stand_alike(at, world):
    """What A's people get of A's cases, B's get of B's."""
    swap = {"A": "B", "B": "A", None: None}

    def answers(suffix):
        found = {}
        for case in (each for each in world if each.state in ("heard", "found", "closed")):
            owner = next(iter(case.owners), None)
            key = (case.state, owner if suffix == "a" else swap[owner], tuple(sorted(case.audience - set("AB"))))
            for who in (f"liaison-{suffix}-restricted", f"aligned-{suffix}-restricted", f"seat-{suffix}-restricted"):
                view = at.get(f"/cases/{case.id}", who)
                found[key, who.replace(f"-{suffix}", "")] = (view.status_code, sorted(view.json()))
        return found

    assert answers("a") == answers("b")


def test_a_case_that_never_was_answers_as_one_that_is_hidden(at, world, asking):
    case = next(case for case in world if not case.audience and not case.owners)
    for actor in asking:
        if case.seen_by(actor):
            continue
        hidden, missing = (at.get(f"/cases/{name}", user(actor)) for name in (case.id, "0" * 26))
        assert isinstance(hidden, httpx.Response)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text.replace(case.id, "0" * 26) == missing.text
