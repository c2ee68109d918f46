# SPDX-License-Identifier: Apache-2.0
"""The register in a ledger and from the command line: whose it is to post, what is withheld, what the ladder gets."""

from __future__ import annotations

import json

import pytest
from desk_world import Clock, watch_folder
from register_world import COALITION, FILE, day

from truceline.cli import main
from truceline.errors import AccessError, Malformed, StateError, UnavailableError
from truceline.model.case import ROLES, Actor
from truceline.model.response import Promise
from truceline.register.read import read
from truceline.services.desk import open_desk

PUBLIC = Actor("public", "public", clearance="public")
CHANGE = "changes: [{of: %s, on: 2026-01-25, becomes: %s, why: It was said., source: {outlet: Note}}]"


@pytest.fixture
def folder(tmp_path, repository):
    return watch_folder(tmp_path, repository)


@pytest.fixture
def desk(folder, tmp_path):
    clock = Clock()
    with open_desk(folder, keys=tmp_path / "keys", clock=clock) as opened:
        yield opened, clock


def enter(desk, user, text):
    opened, clock = desk
    clock.forward(seconds=1)
    return opened.registry.enter(opened.person(user), opened.now(), read(text, file="r.yaml"))


def test_what_was_posted_is_there_when_the_ledger_is_opened_again(folder, tmp_path):
    clock = Clock()
    with open_desk(folder, keys=tmp_path / "keys", clock=clock) as opened:
        made = enter((opened, clock), "sam", FILE)
        before = opened.registry.register
        assert [index for index, _ in made] == [
            index for kind in ("commitment", "meeting") for index, _ in opened.store.read(kind)
        ]
    with open_desk(folder, keys=tmp_path / "keys", clock=clock) as again:
        assert again.registry.register == before
        assert again.now() >= before.now


def test_a_guarantor_posts_its_own_and_never_another_s(desk):
    opened, _ = desk
    enter(desk, "sam", FILE)
    enter(desk, "gus", CHANGE % ("oak-ships", "ratified"))
    assert opened.registry.register.standing("oak-ships").stage == "ratified"
    for of in ("elm-none", "no-such"):
        with pytest.raises(AccessError, match="may not write the commitment"):
            enter(desk, "gus", CHANGE % (of, "withdrawn"))
    with pytest.raises(AccessError, match="may not write the meeting"):
        enter(desk, "gus", FILE[FILE.index("meetings:") :].replace("source: note", "source: {outlet: N}"))
    assert [body["allowed"] for _, body in opened.store.read("access")] == [False] * 3


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"secretariat"}))
def test_nobody_else_keeps_the_register_and_the_refusal_is_logged(role, desk):
    opened, _ = desk
    actor = Actor("x", role, "A", "seat", "secret", ("A",))
    with pytest.raises(AccessError):
        opened.registry.enter(actor, opened.now(), read(FILE, file="r.yaml"))
    assert len(opened.store.read("access")) == 1
    assert opened.store.read("commitment") == opened.store.read("meeting") == []


def test_what_is_restricted_is_withheld_counted_and_never_told_as_silence(desk):
    opened, _ = desk
    enter(desk, "sam", FILE.replace("    step: warning\n", "    step: warning\n    level: restricted\n"))
    views = {user: opened.registry.view(opened.person(user), day(20)) for user in ("sam", "gus", "lia", "aud", "olga")}
    views["public"] = opened.registry.view(PUBLIC, day(20))
    other = Actor("eva", "guarantor", "elm")
    views["other"] = opened.registry.view(other, day(20))
    for user in ("sam", "gus", "aud", "olga"):
        assert "oak-ships" in views[user].standings, user
        assert views[user].withheld == ()
    for user in ("lia", "public", "other"):
        assert "oak-ships" not in views[user].standings
        assert views[user].withheld == ("oak",)
        assert views[user].word("oak", "troops_sea") == ("withheld",)
        assert "oak" not in views[user].silent()
        assert views[user].meetings["glade"].outcomes[0].commitments == ()
        assert "elm-none" in views[user].standings


def test_the_ladder_gets_each_state_s_stance_to_each_step(desk):
    opened, _ = desk
    enter(desk, "sam", FILE)
    promised = opened.registry.promises(day(21))
    assert promised == {
        "oak": {"warning": (Promise("oak-ships", "promised", day(1, 2), day(1, 8)),)},
        "elm": {"warning": (Promise("elm-none", "none", day(7)),)},
    }
    enter(desk, "sam", CHANGE % ("oak-ships", "awaiting parliament"))
    assert opened.registry.promises(day(26))["oak"]["warning"][0].stance == "awaiting parliament"
    enter(desk, "sam", (CHANGE % ("oak-ships", "suspended")).replace("01-25", "01-26"))
    assert "oak" not in opened.registry.promises(day(27))
    assert opened.registry.promises(day(5)) == {}


def test_where_the_ledger_cannot_be_written_or_one_is_refused_nothing_happened(desk, monkeypatch):
    opened, _ = desk
    with pytest.raises(Malformed, match="no state 'oka'") as caught:
        enter(desk, "sam", FILE.replace("state: oak\n", "state: oka\n"))
    assert (caught.value.file, caught.value.line) == ("r.yaml", 11)

    def full(records):
        raise UnavailableError("the disk is full")

    monkeypatch.setattr(opened.registry, "_append", full)
    with pytest.raises(UnavailableError):
        enter(desk, "sam", FILE)
    monkeypatch.undo()
    assert opened.registry.register.things == {}
    enter(desk, "sam", FILE)
    with pytest.raises(StateError, match="signed already"):
        enter(desk, "sam", CHANGE % ("oak-ships", "signed"))


@pytest.fixture
def run(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))

    def run(*words, code=0, where=folder):
        assert main([*words[:2], str(where), *map(str, words[2:]), "--json"]) == code, capsys.readouterr().err
        out = capsys.readouterr()
        return json.loads(out.out.splitlines()[-1]) if out.out else out.err

    return run


def test_a_register_from_the_command_line(run, tmp_path):
    file, sam = tmp_path / "register.yaml", ("--as", "sam")
    file.write_text(FILE, encoding="utf-8")
    assert len(run("register", "add", file, *sam)["postings"]) == 9
    said = ("--source", "Gazette", "--url", "https://example.org", "--published", "2026-01-25", "--reason", "said")
    staged = run("register", "stage", "oak-ships", "ratified", "--on", "2026-01-25", *said, *sam)["postings"][0]
    back = run("register", "stage", "oak-ships", "signed", "--on", "2026-01-26", *said, *sam, code=5)
    assert "go back from ratified to signed" in back
    shown = run("register", "show", "oak-ships", *sam)
    assert [each["stage"] for each in shown["history"]] == ["declared", "signed", "ratified"]
    assert shown["history"][-1]["source"]["outlet"] == "Gazette"
    assert run("register", "show", "oak", *sam)["commitments"][0]["id"] == "oak-ships"
    early = run("register", "as-of", "2026-01-06", *sam)
    assert [each["stage"] for each in early["commitments"]] == ["declared"]
    assert run("register", "as-of", "2026-02-06", "--known", "2026-05-01", *sam)["states"] == []
    run("register", "strike", staged["posting"], "--reason", "wrong paper", *sam)
    assert run("register", "show", "oak-ships", *sam)["stage"] == "signed"
    flags = run("register", "withdraw", "oak-ships", "--on", "2026-01-28", *said, *sam)["flags"]
    assert "withdrawn on 2026-01-28" in flags[0]["text"]
    assert run("register", "show", "oak-ships", *sam)["word"] == "withdrawn"
    assert "no state or commitment yew" in run("register", "show", "yew", *sam, code=5)
    assert "--as USER" in run("register", "list", code=2)
    assert "may not write" in run("register", "add", file, "--as", "lia", code=7)
    assert run("meeting", "show", "glade", *sam)["meetings"][0]["counts"][0]["unnamed"] == 1
    assert "no meeting dell" in run("meeting", "show", "dell", *sam, code=5)
    meetings = FILE[FILE.index("meetings:") :].replace("source: note", "source: {outlet: N}").replace("glade", "dell")
    file.write_text(meetings, encoding="utf-8")
    assert run("meeting", "add", file, *sam)["postings"][0]["of"] == "dell"


def test_the_shipped_register_is_read_without_a_watch(run, tmp_path, repository):
    told = run("register", "list", where=COALITION)
    assert {state["id"]: state["stages"]["troops_land"] for state in told["states"]}["GB"] == ["awaiting parliament"]
    assert run("register", "as-of", "2026-01-05", where=COALITION)["commitments"] == []
    (paris, commons) = run("meeting", "list", where=COALITION)["meetings"]
    assert paris["counts"][1]["expected"] == 27
    assert paris["counts"][1]["came"] is None
    assert commons["outcomes"][0]["commitments"] == ["GB-land"]
    assert "only a ledger does" in run("register", "list", "--known", "2026-01-08", where=COALITION, code=2)
    terms = repository / "examples" / "coalition" / "terms" / "agreement-ladder-2026.yaml"
    a, b = run("register", "one-sided", terms, where=COALITION)["sides"]
    assert (a["response"], a["steps"]) == ("none published", [])
    assert b["steps"] == ["warning", "coalition-forces", "joint-response"]
    assert "is no date" in run("register", "as-of", "2026-13-45", where=COALITION, code=3)
