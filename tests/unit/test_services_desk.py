# SPDX-License-Identifier: Apache-2.0
"""The desk: what is not there and what is not yours look alike; every refusal is logged; a clock that goes back stops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk_world import START, Clock, office, watch_folder

from truceline.errors import AccessError, ConfigError, Malformed, NotHere, StateError, UnavailableError
from truceline.services.clock import Now
from truceline.services.desk import open_desk

OPEN = {"title": "Mill", "origin": "event", "events": [7]}


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        yield found


def opened(at):
    desk = at.desk
    return desk.act(desk.person("wanda"), "open", None, "seen", OPEN)[2]


def test_an_act_is_in_the_ledger_and_read_again_by_the_next_desk(at, tmp_path):
    case = opened(at)
    assert [body["id"] for body in at.records("case")] == [case.id]
    at.desk.store.publish()
    at.desk.store.close()
    with open_desk(at.folder, keys=tmp_path / "keys", clock=at.clock) as again:
        assert again.case(again.person("wanda"), case.id) == case


def test_a_case_that_is_not_theirs_looks_like_one_that_is_not_there(at):
    case = opened(at)
    lib = at.desk.person("lib")
    told = []  # the clock stands, so that equal decisions are one record
    for name in (case.id, "0" * 26):
        with pytest.raises(NotHere) as caught:
            at.desk.case(lib, name)
        told.append(str(caught.value).replace(name, "X"))
        with pytest.raises(NotHere) as caught:
            at.desk.act(lib, "reply", name, "no", {"party": "B", "text": "no"})
        told.append(str(caught.value).replace(name, "X"))
    assert len(set(told)) == 1
    assert [(b["by"]["user"], b["name"], b["allowed"]) for b in at.records("access")] == [
        ("lib", case.id, False),
        ("lib", "0" * 26, False),
    ]
    assert case.id not in {c.id for c in at.desk.seen(lib)}


def test_who_may_act_on_any_case_need_not_read_it(at):
    case = opened(at)
    adam = at.desk.person("adam")
    assert at.desk.seen(adam) == []
    hours = {"from": "2026-05-02T20:00:00Z", "to": "2026-05-02T21:00:00Z"}
    with pytest.raises((StateError, Malformed)) as caught:
        at.desk.act(adam, "outage", case.id, "power cut", {"nothing": hours})
    assert not isinstance(caught.value, AccessError)


def test_a_refusal_is_logged_and_nothing_else_happens(at):
    before = at.desk.store.size
    with pytest.raises(AccessError):
        at.desk.act(at.desk.person("gus"), "open", None, "mine", OPEN)
    assert at.desk.store.size == before + 1
    assert at.records("access")[-1]["allowed"] is False
    assert list(at.desk.cases) == []


def test_a_clock_that_goes_back_stops_the_desk(at):
    case = opened(at)
    size = at.desk.store.size
    at.clock.forward(hours=-1)
    with pytest.raises(UnavailableError, match="the clock went back"):
        at.desk.act(at.desk.person("anna"), "note", case.id, "late", {"text": "x", "audience": ["analyst"]})
    with pytest.raises(UnavailableError, match="the clock went back"):
        at.desk.log(at.desk.person("anna"), "read", "case", case.id, allowed=True)
    assert at.desk.store.size == size


def test_a_clock_that_went_back_while_the_desk_was_closed_stops_it_too(at, tmp_path):
    opened(at)
    at.desk.store.close()
    with (
        open_desk(at.folder, keys=tmp_path / "keys", clock=Clock(START - timedelta(days=1))) as again,
        pytest.raises(UnavailableError, match="the clock went back"),
    ):
        again.now()


def test_a_clock_being_disciplined_stands_still_for_a_second():
    clock = Clock()
    now = Now(clock)
    first = now()
    clock.forward(milliseconds=-900)
    assert now() == first
    clock.forward(seconds=2)
    assert now() > first


def test_an_office_needs_terms(tmp_path, repository):
    folder = watch_folder(tmp_path, repository)
    text = (folder / "watch.toml").read_text()
    (folder / "watch.toml").write_text(text.replace('terms = "terms/agreement.yaml"\n', ""))
    with pytest.raises(ConfigError, match="needs terms"), open_desk(folder, keys=tmp_path / "keys"):
        pass


def test_a_second_desk_is_refused(at, tmp_path):
    with pytest.raises(StateError, match="another process"), open_desk(at.folder, keys=tmp_path / "keys"):
        pass
