# SPDX-License-Identifier: Apache-2.0
"""Drills: nothing of one moves a real clock or the other way round, and nothing of one can be taken for real."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import httpx
import pytest
from desk_world import QUICK, START, Clock, office
from live_server import running
from notify_world import receivers, told_folder
from test_services_response import Room, room

from truceline.base.clock import iso
from truceline.cli import main
from truceline.errors import AccessError, Malformed, StateError, TrucelineError
from truceline.model.record import ACTS, Record
from truceline.server import app
from truceline.services import calls
from truceline.services.accounts import CONSOLE
from truceline.services.desk import open_desk, read_people
from truceline.services.drill import begin, current, drills, end, report
from truceline.store import Store


@pytest.fixture(scope="module")
def out():
    with receivers() as found:
        yield found


@pytest.fixture
def both(tmp_path, repository, out):
    """A real watch with a response under way, and a drill of it; two desks open at once, each its own clock."""
    mailbox, smtp, hook, port = out
    mailbox.__init__()
    hook.__init__()
    folder = told_folder(tmp_path, repository, smtp, port)
    with room(tmp_path, repository) as real:
        real.desk.accounts.begin()
        real.desk.accounts.bring(CONSOLE, read_people(folder / "people.yaml"))
        drill, clock = begin(folder, real.desk.person("wanda"), "Night exercise", START), Clock()
        hook.clock = clock
        with open_desk(folder, keys=tmp_path / "keys", clock=clock, passwords=QUICK, drill=drill) as desk:
            yield real, Room(desk, clock), mailbox, hook


def seen(at):
    """All that people and their clocks could see of a desk: every record that an act made, and the board."""
    held = {kind: at.desk.store.read(kind) for kind in ACTS if kind not in ("access", "account")}
    return held, at.desk.responses.situation, dict(at.desk.notifier.outbox.items)


def test_nothing_of_a_drill_moves_the_real_thing_nor_the_other_way(both, tmp_path):
    real, drill, *_ = both
    real.asked()
    calls.refresh(real.desk)
    before = seen(real)
    drill.clock.forward(days=30)
    drill.asked()
    calls.send(drill.desk)
    assert seen(real) == before
    assert real.desk.now() == START, "nor does the drill's time hold for the real desk"
    after = seen(drill)
    real.move("olga", "lift", response=real.desk.responses.newest(), step="warning")
    calls.refresh(real.desk)
    assert seen(drill) == after
    drill_ids, real_ids = (set(at.desk.notifier.outbox.items) for at in (drill, real))
    assert not drill_ids & real_ids
    real.desk.accounts.issue(CONSOLE, "gus")
    waiting = real.desk.accounts.store.waiting()
    drill.desk.carry()
    assert real.desk.accounts.store.waiting() == waiting != []
    assert all(body["drill"] == drill.desk.drill.id for kind in ACTS for _, body in drill.desk.store.read(kind))
    assert not any("drill" in body for kind in ACTS for _, body in real.desk.store.read(kind))


@pytest.mark.parametrize("way", ["drill into real", "real into drill"])
def test_a_record_in_the_wrong_ledger_is_not_opened(both, tmp_path, way):
    real, drill, *_ = both
    drill.asked()
    real.asked()
    source, target = (drill, real) if way == "drill into real" else (real, drill)
    body = source.desk.store.read("response")[-1][1]
    target.desk.store.append([Record("response", body)])
    target.desk.store.close()
    with (
        pytest.raises(StateError, match="nothing is opened"),
        open_desk(tmp_path / "watch", keys=tmp_path / "keys", drill=target.desk.drill),
    ):
        pytest.fail("it opened")


def test_a_drill_s_folder_is_no_real_ledger(both, tmp_path):
    _, drill, *_ = both
    drill.desk.store.close()
    with pytest.raises(TrucelineError):
        Store.open(drill.desk.drill.folder / "out", keys=tmp_path / "keys", origin="truceline/exercise")


def test_everything_that_leaves_a_drill_says_so(both):
    _, drill, mailbox, hook = both
    drill.asked()
    calls.send(drill.desk)
    assert len(mailbox.mails) > 3
    for _, raw in mailbox.raw:
        mail = message_from_bytes(raw, policy=default)
        assert mail["Subject"].strip().startswith("[DRILL]")
        assert mail["Subject"].endswith("[DRILL]")
        assert mail["X-Truceline-Drill"]
        text = mail.get_body().get_content().strip()
        assert text.startswith("DRILL DRILL DRILL. ")
        assert text.endswith("DRILL")
        (alert,) = mail.iter_attachments()
        assert "<status>Exercise</status>" in alert.get_content().decode()
    for (path, _), (headers, body) in hook.done.items():
        assert headers["Truceline-Drill"].startswith("DRILL ")
        assert b"<status>Exercise</status>" in body if path == "/b" else json.loads(body)["drill"] == "DRILL"
    board = drill.view("aud")
    assert board["drill"]["name"] == "Night exercise"


def test_who_acknowledged_in_how_long(both):
    _, drill, *_ = both
    drill.asked()
    calls.send(drill.desk)
    drill.clock.forward(seconds=90)
    (mine,) = [
        i
        for i in drill.desk.notifier.outbox.items.values()
        if i.message.to == "oak-duty" and i.message.cause == "asked"
    ]
    calls.acknowledge(drill.desk, drill.desk.person("gus"), mine.message.id)
    told = report(drill.desk.drill, drill.desk.notifier.outbox, drill.desk.notifier.contacts.pace)
    assert told["drill"]["word"] == "DRILL"
    assert told["offices"]["oak"] | {"asked": 0} == {
        "asked": 0,
        "acknowledged": 1,
        "first_seconds": 90.0,
        "longest_seconds": 90.0,
        "by": ["gus"],
        "how": ["signed in"],
    }
    assert told["offices"]["B"]["acknowledged"] == 0
    assert told["offices"]["B"]["first_seconds"] is None
    assert (told["delivered"], told["failed"]) == (told["messages"], 0)


def test_one_drill_at_a_time_begun_by_who_keeps_the_watch(both, tmp_path):
    real, drill, *_ = both
    folder, wanda = tmp_path / "watch", real.desk.person("wanda")
    with pytest.raises(StateError, match="goes on already"):
        begin(folder, wanda, "Another", START)
    for user in ("gus", "lia", "olga", "aud"):
        with pytest.raises(AccessError):
            end(folder, real.desk.person(user), START)
    assert end(folder, wanda, START + timedelta(hours=1)).ended == START + timedelta(hours=1)
    with pytest.raises(StateError, match="no drill goes on"):
        current(folder)
    for name in ("", " \n ", "x" * 101):
        with pytest.raises(Malformed):
            begin(folder, wanda, name, START)
    assert [each.name for each in drills(folder)] == ["Night exercise"]
    (drill.desk.drill.folder / "drill.json").write_text("{}")
    with pytest.raises(Malformed, match="not the file of a drill"):
        drills(folder)


def test_the_server_of_a_drill_says_so_in_every_answer(both, tmp_path):
    real, drill, *_ = both
    for at, marked in ((drill, True), (real, False)):
        made = app(tmp_path / "nothing", tmp_path / "no-page", at.desk)
        with running(made) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            for path in ("/api/v1/here", "/api/v1/me", "/", "/api/v1/nowhere"):
                assert ("Truceline-Drill" in client.get(path).headers) is marked, path
            assert (client.get("/api/v1/here").json().get("drill", {}).get("word") == "DRILL") is marked


def test_a_served_watch_sends_by_itself(tmp_path, repository, out):
    mailbox, smtp, hook, _ = out
    mailbox.__init__()
    with office(tmp_path, repository) as at:
        hook.clock = at.clock
        (at.folder / "contacts.yaml").write_text(
            "contacts:\n  - {id: lib, user: lib, name: B's, email: b@b.example}\n"
            f"smtp: {{sender: t@centre.example, host: 127.0.0.1, port: {smtp}, starttls: false}}\n"
        )
        from truceline.services.contacts import contacts_of

        at.desk.notifier.contacts = contacts_of(at.folder)
        case = at.desk.act(at.desk.person("wanda"), "open", None, "x", {"title": "Mill", "origin": "call"})[1].id
        assert case
        for _ in range(1200):  # a server that does not send runs out of the test's patience
            if mailbox.raw:
                break
            time.sleep(0.05)
        assert mailbox.mails[0]["To"] == "b@b.example"


def test_from_the_keyboard(tmp_path, repository, out, capsys, monkeypatch):
    _, smtp, _, port = out
    folder = told_folder(tmp_path, repository, smtp, port)
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))

    def run(*words):
        code = main([*map(str, words), "--json"])
        told = capsys.readouterr()
        return code, json.loads(told.out) if told.out else told.err, told.err

    assert run("notify", "status", folder, "--as", "wanda", "--drill")[0] == 5
    code, started, _ = run("drill", "start", folder, "--as", "wanda", "--name", "Night exercise")
    assert (code, started["drill"]["name"]) == (0, "Night exercise")
    data = ("--set", "title=Mill", "--set", "origin=call", "--reason", "seen")
    code, told, err = run("case", "open", folder, "--as", "wanda", "--drill", *data)
    assert (code, told["drill"]["word"]) == (0, "DRILL")
    assert err.startswith("DRILL DRILL DRILL")
    code, told, _ = run("notify", "send", folder, "--as", "wanda", "--drill")
    assert told["queued"] == told["sent"] - 0 == 2
    code, told, _ = run("notify", "status", folder, "--as", "lia", "--drill")
    name = told["messages"][0]["id"]
    assert "nobody is accused" in run("notify", "show", folder, name, "--as", "lia", "--drill")[1]["text"]
    assert run("notify", "ack", folder, name, "--as", "lib", "--drill")[0] == 7
    assert run("notify", "ack", folder, name, "--as", "lia", "--drill")[0] == 0
    assert run("notify", "retry", folder, name, "--as", "wanda", "--drill")[0] == 0
    assert run("notify", "call", folder, "--as", "wanda", "--drill")[0] in (0, 5, 6)
    assert run("notify", "called", folder, "nowhere", "reached", "--as", "wanda", "--drill")[0] == 7
    confirm = ("--code", "1", "--totp", "2", "--as", "wanda", "--drill")
    assert run("notify", "confirm", folder, "nowhere", *confirm)[0] == 7
    assert run("notify", "status", folder, "--as", "wanda")[1]["messages"] == [], "the real outbox is another"
    assert run("drill", "status", folder, "--as", "gus")[0] == 7
    code, told, _ = run("drill", "status", folder, "--as", "aud")
    assert (told["messages"], told["offices"]["A"]["acknowledged"]) == (2, 1)
    coalition = repository / "examples" / "coalition" / "register"
    sheets = []
    for verb, file in (("register", "register.yaml"), ("meeting", "meetings.yaml")):
        code, told, _ = run(verb, "add", folder, coalition / file, "--as", "sam", "--reason", "x", "--drill")
        assert (code, told["drill"]["word"]) == (0, "DRILL")
        page = tmp_path / f"{verb}.html"
        code, told, err = run(verb, "list", folder, "--as", "sam", "--drill", "--page", page)
        assert (told["drill"]["word"], err[:5]) == ("DRILL", "DRILL")
        sheets.append(page.read_text())
        assert "<title>DRILL · " in sheets[-1]
        assert 'role="note">DRILL DRILL DRILL: Night exercise. Nothing of this is real.' in sheets[-1]
        assert run(verb, "list", folder, "--as", "sam", "--page", page)[0] == 0
        if verb == "register":
            only = ("--as", "sam", "--drill", "--state", "GB", "--kind", "monitoring_assets")
            assert {each["state"] for each in run(verb, "list", folder, *only)[1]["commitments"]} == {"GB"}
            assert [each["step"] for each in told["steps"]] == ["warning", "coalition-forces", "joint-response"]
            assert set(told["states"][0]["steps"]) == {each["step"] for each in told["steps"]}
            assert run(verb, "one-sided", folder, "--as", "sam", "--drill")[1]["sides"]
        assert "DRILL" not in page.read_text()
        assert run(verb, "list", coalition / file, "--drill")[0] == 2, "files are in no drill"
    assert main(["queue", str(folder), "--as", "wanda", "--drill"]) == 0
    assert capsys.readouterr().out.startswith("DRILL DRILL DRILL")
    code, told, _ = run("drill", "end", folder, "--as", "sam")
    assert (code, told["drill"]["ended"] is None) == (0, False)
    assert iso(START) not in json.dumps(told)
