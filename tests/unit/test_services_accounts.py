# SPDX-License-Identifier: Apache-2.0
"""Accounts and their rights, what protects them, and what the ledger is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from desk_world import QUICK, START, Clock, office, password_of, watch_folder

from truceline.cli import main
from truceline.errors import AccessError, Malformed, NotHere, StateError, TooManyTries, UnavailableError
from truceline.model.case import Actor
from truceline.services.access_log import MANY, NAMES, WINDOW, AccessLog, Decided
from truceline.services.accounts import CONSOLE
from truceline.services.desk import open_desk
from truceline.services.limits import FORGET, MOST, Limits, Pace
from truceline.services.secrets import Passwords, check_password, code_hash, new_codes, totp_step
from truceline.store.accounts import AccountStore


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        yield found


def test_a_change_holds_from_the_next_request(at):
    assert at.get("/people", "anna").status_code == 403
    adam = at.desk.person("adam")
    at.desk.accounts.alter(adam, "anna", {"role": "auditor"})
    assert at.get("/people", "anna").status_code == 200
    at.desk.accounts.alter(adam, "anna", {"disabled": True})
    assert at.get("/people", "anna").status_code == 401


def test_an_account_out_of_use_loses_sessions_and_tokens_for_good(at):
    anna, adam = at.sign_in("anna"), at.desk.person("adam")
    bearer = at.as_("anna")
    at.desk.accounts.alter(adam, "anna", {"disabled": True})
    with pytest.raises(AccessError, match="nobody here is called 'anna'"):
        at.desk.person("anna")
    at.desk.accounts.alter(adam, "anna", {"disabled": False})
    assert at.desk.person("anna").role == "analyst"
    for headers in (anna, bearer):
        assert at.client.get("/api/v1/me", headers=headers).status_code == 401


def test_over_the_network_an_administrator_changes_and_an_auditor_reads(at):
    made = at.post("/people", "adam", {"user": "gina", "role": "guarantor", "of": "elm", "aligned": ["A"]})
    assert made.status_code == 403  # a token changes nothing about accounts
    adam = at.sign_in("adam")
    send = lambda method, path, body: at.client.request(method, f"/api/v1{path}", json=body, headers=adam)  # noqa: E731
    made = send("POST", "/people", {"user": "gina", "role": "guarantor", "of": "elm", "aligned": ["A"]})
    assert made.status_code == 201
    assert made.json()["password"] is made.json()["second_factor"] is False
    assert send("POST", "/people", {"user": "gina", "role": "guarantor", "of": "elm"}).status_code == 409
    assert send("POST", "/people", {"user": "carl", "role": "commissioner"}).status_code == 409  # without a seat
    assert send("POST", "/people", {"user": "console", "role": "auditor"}).status_code == 409
    for wrong in ({"user": "Carl"}, {"role": "machine"}, {"clearance": "cosmic"}, {"disabled": True}, {"of": ""}):
        assert send("POST", "/people", {"user": "carl", "role": "auditor"} | wrong).status_code == 422
    assert send("PUT", "/people/gina", {"aligned": ["B"], "disabled": True}).json()["aligned"] == ["B"]
    assert send("PUT", "/people/gina", {"disabled": None}).status_code == 422  # nothing is not "in use again"
    assert send("PUT", "/people/adam", {"role": "analyst"}).status_code == 403  # not one's own
    assert send("PUT", "/people/nobody", {"role": "analyst"}).status_code == 404
    aud = at.sign_in("aud")
    listed = at.client.get("/api/v1/people", headers=aud)
    assert next(person for person in listed.json() if person["user"] == "gina")["disabled"] is True
    assert "argon2" not in listed.text
    assert at.client.put("/api/v1/people/gina", json={"role": "analyst"}, headers=aud).status_code == 403
    told = [body for body in at.records("account") if body["user"] == "gina"]
    assert [(body["by"]["user"], body["action"], body["rights"]["aligned"]) for body in told] == [
        ("adam", "make", ["A"]),
        ("adam", "change", ["B"]),
    ]


def test_reading_accounts_and_being_refused_are_logged(at):
    at.client.get("/api/v1/people", headers=at.sign_in("aud"))
    at.client.get("/api/v1/people/anna", headers=at.sign_in("gus"))
    told = [(b["by"]["user"], b["name"], b["allowed"]) for b in at.records("access") if b["resource"] == "account"]
    assert told == [("aud", "all", True), ("gus", "anna", False)]


def test_release_to_a_party_reaches_a_guarantor_that_declared_itself_aligned_with_it(at):
    desk = at.desk
    case = desk.act(desk.person("wanda"), "open", None, "seen", {"title": "Mill", "origin": "event", "events": [7]})[2]
    for kind, data in (
        ("allege", {"party": "A", "text": "Shells fell."}),
        ("release", {"item": case.id, "audience": ["accused"]}),
    ):
        asked = desk.act(desk.person("sam"), kind, case.id, "theirs to know", data)[1]
        desk.act(desk.person("anna"), "approve", case.id, "yes", {"of": asked.id})
    assert [seen.id for seen in desk.seen(desk.person("gus"))] == [case.id]
    desk.accounts.alter(desk.person("adam"), "gus", {"aligned": []})
    assert desk.seen(desk.person("gus")) == []
    desk.accounts.alter(desk.person("adam"), "gus", {"aligned": ["B"]})
    assert desk.seen(desk.person("gus")) == []


def test_only_administrators_change_accounts(at):
    accounts = at.desk.accounts
    for user in ("anna", "aud", "sam", "wanda", "lia", "gus", "olga"):
        by = at.desk.person(user)
        with pytest.raises(AccessError):
            accounts.add(by, {"user": "new", "role": "analyst"})
        with pytest.raises(AccessError):
            accounts.alter(by, "ben", {"role": "administrator"})
        with pytest.raises(AccessError):
            accounts.bring(by, {})
        for protect in (accounts.enrol, lambda by, user: accounts.confirm(by, user, "000000")):
            with pytest.raises(AccessError):
                protect(by, "ben")
        with pytest.raises(AccessError):
            accounts.set_password(by, "ben", "a password of mine")
    with pytest.raises(AccessError, match="use the console"):
        accounts.set_password(at.desk.person("adam"), "ben", "a password of mine")
    with pytest.raises(NotHere):
        accounts.set_password(CONSOLE, "nobody", "a password of mine")
    with pytest.raises(Malformed, match="nothing that can be changed"):
        accounts.alter(CONSOLE, "ben", {"password": "x"})
    with pytest.raises(StateError, match="no second factor was begun"):
        accounts.confirm(at.desk.person("ben"), "ben", "000000")


def test_one_subject_is_one_account(at):
    adam = at.desk.person("adam")
    at.desk.accounts.alter(adam, "anna", {"subject": "s-1"})
    with pytest.raises(StateError, match="belongs to anna"):
        at.desk.accounts.alter(adam, "ben", {"subject": "s-1"})
    with pytest.raises(Malformed, match="subject"):
        at.desk.accounts.alter(adam, "ben", {"subject": ""})
    assert at.desk.accounts.store.by_subject("s-1").actor.user == "anna"
    at.desk.accounts.alter(adam, "anna", {"subject": None})
    assert at.desk.accounts.store.by_subject("s-1") is None


def test_a_person_called_like_a_party_gets_nothing_of_it(at):
    from truceline.access import Thing, decide

    sly = Actor("a", "liaison", "B")
    assert not decide(sly, "write", Thing("reply", owners=frozenset({"a"}))).allowed
    assert decide(Actor("lia", "liaison", "a"), "write", Thing("reply", owners=frozenset({"a"}))).allowed


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("four small words", True),
        ("short and sweet", True),
        ("fourteen chars", False),
        ("x" * 15, False),
        ("ababababababababab", False),
        ("anna likes four words", False),
        ("Four words, ANNA's own", False),
        ("пароль из пяти слов", True),
        ("w0rds " * 21 + "ab", True),
        ("w0rds " * 22, False),
    ],
)
def test_what_makes_a_password(password, good):
    if good:
        check_password("anna", password)
    else:
        with pytest.raises(Malformed, match="a password"):
            check_password("anna", password)


def test_passwords_are_argon2id_and_hashed_anew_when_the_settings_change(at):
    assert Passwords().hash("four small words").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    secret = at.enrol("anna")
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    at.desk.accounts.passwords = stronger
    at.sign_in("anna", secret)
    held = at.desk.accounts.store.account("anna").password
    assert "t=2" in held
    assert stronger.verify(held, password_of("anna"))
    assert not stronger.verify(None, password_of("anna"))
    assert not stronger.verify("no hash at all", password_of("anna"))


def test_codes_of_the_second_factor_are_those_of_the_standard():
    """RFC 6238, appendix B, SHA-1, cut to six digits."""
    import base64
    from datetime import UTC, datetime

    secret = base64.b32encode(b"12345678901234567890").decode()
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        now = datetime.fromtimestamp(seconds, UTC)
        assert totp_step(secret, code, now) == seconds // 30
        assert totp_step(secret, code, now + timedelta(seconds=30)) == seconds // 30
        assert totp_step(secret, code, now + timedelta(seconds=90)) is None
    assert totp_step(secret, "ä87082", datetime.fromtimestamp(59, UTC)) is None


def test_recovery_codes_differ_and_belong_to_one_person():
    codes = new_codes()
    assert len(set(codes)) == 10
    assert all(len(code) == 19 for code in codes)
    assert code_hash("anna", codes[0]) == code_hash("anna", codes[0].replace("-", "").lower())
    assert code_hash("anna", codes[0]) != code_hash("ben", codes[0])


def test_the_file_alone_gives_no_second_factor_away(at):
    secret = at.enrol("anna")
    at.desk.accounts.store.file.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    held = (at.folder / "accounts.db").read_bytes()
    assert secret.encode() not in held
    assert password_of("anna").encode() not in held
    sealed = at.desk.accounts.store.account("anna").totp
    assert at.desk.accounts.vault.open("anna", sealed) == secret
    with pytest.raises(UnavailableError):
        at.desk.accounts.vault.open("ben", sealed)  # nobody's can be put in another's place


def test_waits_double_up_to_a_bound_and_are_forgotten():
    limits, pace, clock = Limits(), {("a", "x"): Pace(2, 10.0)}, Clock()
    waits = []
    for _ in range(8):
        try:
            limits.take(pace, clock.at)
        except TooManyTries as error:
            waits.append(error.wait_s)
            clock.forward(seconds=error.wait_s)
            limits.take(pace, clock.at)
    assert waits == [1, 2, 4, 8, 10, 10]
    clock.at += FORGET + timedelta(seconds=1)
    limits.take(pace, clock.at)
    limits.take(pace, clock.at)
    limits.succeeded(pace)
    limits.take(pace, clock.at)


def test_what_is_remembered_of_tries_is_bounded():
    limits = Limits()
    for n in range(MOST + 50):
        limits.take({("a", str(n)): Pace(2, 10.0)}, START)
    assert len(limits._failed) == MOST


def seen(name="c1", user="anna", allowed=True):
    return Decided(Actor(user, "analyst"), "read", "case", name, allowed)


def test_the_same_again_within_a_minute_is_counted():
    records = []
    log = AccessLog(lambda batch: records.extend(batch) or [])
    for second in range(30):
        log.note(seen(), START + timedelta(seconds=second))
    log.note(seen("c2"), START + timedelta(seconds=31))
    assert [record.body["name"] for record in records] == ["c1", "c2"]
    log.note(seen("c3"), START + WINDOW)
    assert [(r.body["name"], r.body.get("again")) for r in records[2:]] == [("c1", 29), ("c3", None)]
    log.flush(START + WINDOW, all_of_it=True)
    assert len(records) == 4


def test_a_flood_of_guesses_is_counted_together():
    records = []
    log = AccessLog(lambda batch: records.extend(batch) or [])
    for n in range(1000):
        log.note(seen(f"guess-{n}", "public", allowed=False), START)
    log.note(seen("guess-1", "lia", allowed=False), START)
    assert len(records) == NAMES + 2
    log.flush(START + WINDOW)
    assert [(r.body["name"], r.body["again"]) for r in records if "again" in r.body] == [(MANY, 1000 - NAMES - 1)]


def test_what_is_read_is_never_counted_together():
    records = []
    log = AccessLog(lambda batch: records.extend(batch) or [])
    for n in range(100):
        log.note(seen(f"case-{n}"), START)
    assert len({record.body["name"] for record in records}) == 100


# At the machine itself.


@pytest.fixture
def console(tmp_path, repository, capsys, monkeypatch):
    folder = watch_folder(tmp_path, repository)
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr("truceline.services.accounts.Passwords", lambda: QUICK)

    def run(verb, *words, code=0, typed=None):
        if typed is not None:
            import io

            monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert main(["account", verb, str(folder), *words, "--json"]) == code
        told = capsys.readouterr()
        return json.loads(told.out.splitlines()[-1]) if code == 0 else told.err

    run.folder, run.keys = folder, tmp_path / "keys"
    return run


def test_accounts_from_the_command_line(console):
    assert "there are no accounts here" in console("list", code=6)
    made = console("import")
    assert len(made["made"]) == 14
    assert console("import") == {"made": [], "already": made["made"]}
    assert console("add", "gina", "--role", "guarantor", "--of", "elm", "--aligned", "A", "B")["aligned"] == ["A", "B"]
    assert "already" in console("add", "gina", "--role", "auditor", code=5)
    assert console("change", "gina", "--aligned", "A", "--clearance", "public")["aligned"] == ["A"]
    assert "clearance" in console("change", "gina", "--clearance", "cosmic", code=3)
    assert console("disable", "gina")["disabled"] is True
    assert console("enable", "gina")["disabled"] is False
    assert console("password", "gina", typed="four small words\n") == {"user": "gina", "password": True}
    assert "15 to 128" in console("password", "gina", typed="\n", code=3)
    factor = console("totp", "gina")
    assert factor["uri"].startswith("otpauth://totp/")
    token = console("token", "gina", "--for", "a script", "--scope", "case:read", "finding:*")
    assert token["secret"].startswith("tl_")
    assert "scope" in console("token", "gina", "--for", "x", "--scope", "account:*", code=3)
    assert "366 days" in console("token", "gina", "--for", "x", "--scope", "case:read", "--days", "400", code=3)
    assert "no account" in console("disable", "nobody", code=7)
    listed = {account["user"]: account for account in console("list")["accounts"]}
    assert listed["gina"]["second_factor"] is listed["gina"]["password"] is True
    with open_desk(console.folder, keys=console.keys, passwords=QUICK) as desk:
        now = desk.now()
        code = pyotp.TOTP(factor["secret"]).at(int(now.timestamp()))
        begun = desk.signin.begin("gina", "four small words", code, address="::1", device=None, old=None)
        assert begun.actor == desk.person("gina")
        assert desk.signin.by_token(token["secret"]).scope == {"case:read", "finding:*"}
        told = [body for _, body in desk.store.read("account")] or desk.carry()
        told = [body for _, body in desk.store.read("account") if body["user"] == "gina"]
    assert [body["action"] for body in told] == [
        "make",
        "change",
        "change",
        "change",
        "password",
        "second factor",
        "token",
    ]
    assert {body["by"]["user"] for body in told} == {"console"}


def test_a_desk_verb_asks_the_accounts_once_there_are_some(console, capsys):
    words = ["case", "list", str(console.folder), "--as", "anna", "--json"]
    assert main(words) == 0
    console("import")
    console("disable", "anna")
    assert main(words) == 7
    assert "nobody here is called 'anna'" in capsys.readouterr().err
    (console.folder / "people.yaml").write_text("people:\n  - {user: mallory, role: analyst}\n")
    assert main([*words[:4], "mallory"]) == 7


def test_the_console_works_beside_a_running_server(console):
    console("import")
    with open_desk(console.folder, keys=console.keys, passwords=QUICK) as desk:
        assert desk.person("anna").role == "analyst"
        console("change", "anna", "--role", "auditor")
        assert desk.person("anna").role == "auditor"
        console("disable", "anna")
        with pytest.raises(AccessError):
            desk.person("anna")
        desk.publish()
        assert [body["action"] for _, body in desk.store.read("account")][-2:] == ["change", "change"]
        assert desk.accounts.store.waiting() == []


def test_a_change_is_told_to_the_ledger_once_even_where_a_crash_came_between(at):
    store: AccountStore = at.desk.accounts.store
    at.desk.carry()
    at.desk.accounts.alter(at.desk.person("adam"), "anna", {"role": "auditor"})
    waiting = store.waiting()
    at.desk.carry()
    with store.file.changing() as write:
        write.execute("INSERT INTO change (body) VALUES (?)", (json.dumps(waiting[0][1]),))
    size = at.desk.store.size
    at.desk.carry()
    assert at.desk.store.size == size
    assert store.waiting() == []


def test_a_password_is_never_on_the_command_line(console):
    with pytest.raises(SystemExit):
        main(["account", "password", str(console.folder), "anna", "four small words"])
    for option in ("--password", "--pass"):
        with pytest.raises(SystemExit):
            main(["account", "password", str(console.folder), "anna", option, "four small words"])


def test_at_a_terminal_a_password_is_asked_for_twice(console, monkeypatch):
    console("import")
    answers = iter(["four small words", "four small words", "four small words", "four small wards"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    assert console("password", "anna")["password"] is True
    assert "differ" in console("password", "anna", code=3)
