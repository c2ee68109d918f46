# SPDX-License-Identifier: Apache-2.0
"""Signing in over the network: what a person needs, and what an enemy tries (EVIDENCE A-6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk_world import cookie, office, password_of

from truceline.server.cookies import BROWSER
from truceline.server.guard import COOKIE, MAX_BODY, TOKEN_HEADER, csrf_of
from truceline.services.secrets import Passwords
from truceline.services.signin import IDLE, WHOLE


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        yield found


def ask(at, method, path, headers, **more):
    at.client.cookies.clear()
    return at.client.request(method, f"/api/v1{path}", headers=headers, **more)


def try_in(at, user, password, code="", headers=None):
    body = {"user": user, "password": password, "code": code}
    return ask(at, "POST", "/session", at.own | (headers or {}), json=body)


def test_a_person_signs_in_reads_and_signs_out(at):
    anna = at.sign_in("anna")
    told = ask(at, "GET", "/session", anna).json()
    assert (told["user"], told["role"], told["unfinished"]) == ("anna", "analyst", False)
    assert told["csrf"] == anna[TOKEN_HEADER]
    assert ask(at, "GET", "/me", anna).json()["clearance"] == "secret"
    gone = ask(at, "DELETE", "/session", anna)
    assert (gone.status_code, cookie(gone, COOKIE)) == (204, "")
    assert ask(at, "GET", "/me", anna).status_code == 401


def test_the_cookie_of_a_session_that_is_over_is_taken_back(at):
    """Else a page that was opened anew could neither read nor sign in: it has no token for the old cookie."""
    anna = at.sign_in("anna")
    at.clock.forward(hours=13)
    over = ask(at, "GET", "/me", anna)
    assert (over.status_code, cookie(over, COOKIE)) == (401, "")
    bert = at.sign_in("bert")
    wrong = try_in(at, "bert", "wrong words entirely", headers=bert)
    assert (wrong.status_code, cookie(wrong, COOKIE)) == (401, None)
    assert ask(at, "GET", "/me", bert).status_code == 200


def test_the_cookie_is_for_this_host_only_and_not_for_scripts(at):
    secret = at.enrol("anna")
    answer = try_in(at, "anna", password_of("anna"), at.code(secret))
    lines = answer.headers.get_list("set-cookie")
    assert {line.partition("=")[0] for line in lines} == {COOKIE, BROWSER}
    for line in lines:
        assert line.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} <= set(line.split("; "))
        assert "Domain" not in line
    value = cookie(answer, COOKIE)
    assert len(value) * 6 >= 256  # base64: six bits a character
    assert value not in answer.text
    held = at.desk.accounts.store.file.rows("SELECT * FROM session")
    assert value not in repr(held)


def test_what_is_wrong_is_not_told_and_costs_the_same_work(at, monkeypatch):
    secret = at.enrol("anna")
    at.desk.accounts.alter(at.desk.person("adam"), "ben", {"disabled": True})
    worked = []
    verify = Passwords.verify
    monkeypatch.setattr(Passwords, "verify", lambda self, *a: worked.append(1) or verify(self, *a))
    answers = [
        try_in(at, "anna", "wrong words entirely", at.code(secret)),
        try_in(at, "anna", password_of("anna"), "000000"),
        try_in(at, "anna", password_of("anna")),
        try_in(at, "nobody", password_of("anna"), at.code(secret)),
        try_in(at, "ben", password_of("ben"), "123456"),
        try_in(at, "sam", password_of("sam"), "123456"),  # has no password yet
        try_in(at, "", "", ""),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert len({tuple(sorted(set(answer.headers) - {"date"})) for answer in answers}) == 1
    assert len(worked) == len(answers)


def test_no_password_code_or_unknown_name_gets_into_the_ledger(at):
    at.enrol("anna")
    try_in(at, "anna", "wrong words entirely", "918273")
    try_in(at, "my own password by mistake", "x", "918273")
    at.sign_in("lia")
    told = repr([at.records(kind) for kind in ("access", "account")])
    for secret in ("wrong words", "918273", "by mistake", password_of("lia"), password_of("anna"), "argon2"):
        assert secret not in told
    refused = [body for body in at.records("access") if not body["allowed"]]
    assert [(body["by"]["user"], body["action"], body["resource"], body["name"]) for body in refused] == [
        ("public", "begin", "session", "anna"),
        ("public", "begin", "session", "unknown"),
    ]
    assert at.records("access")[-1]["by"]["user"] == "lia"


def test_a_code_is_good_once(at):
    secret = at.enrol("anna")
    code = at.code(secret)
    assert try_in(at, "anna", password_of("anna"), code).status_code == 200
    assert try_in(at, "anna", password_of("anna"), code).status_code == 401
    at.clock.forward(seconds=30)
    assert try_in(at, "anna", password_of("anna"), at.code(secret)).status_code == 200
    assert try_in(at, "anna", password_of("anna"), at.code(secret, -1)).status_code == 401  # one before it, neither


def test_a_recovery_code_is_good_once_however_it_is_written(at):
    from truceline.services.accounts import CONSOLE

    at.enrol("anna")
    _, codes = at.desk.accounts.issue(CONSOLE, "anna")
    assert len(set(codes)) == 10
    shown = codes[3].lower().replace("-", " ")
    assert try_in(at, "anna", password_of("anna"), shown).status_code == 200
    assert try_in(at, "anna", password_of("anna"), codes[3]).status_code == 401
    assert try_in(at, "anna", password_of("anna"), codes[4]).status_code == 200


def test_until_a_second_factor_is_enrolled_nothing_else_can_be_done(at):
    from truceline.services.accounts import CONSOLE

    at.desk.accounts.set_password(CONSOLE, "adam", password_of("adam"))
    answer = try_in(at, "adam", password_of("adam"))
    assert answer.json()["unfinished"] is True
    adam = at.own | {"Cookie": f"{COOKIE}={cookie(answer, COOKIE)}", TOKEN_HEADER: answer.json()["csrf"]}
    assert ask(at, "GET", "/people", adam).status_code == 403
    assert ask(at, "GET", "/tokens", adam).status_code == 403
    assert ask(at, "GET", "/sessions", adam).status_code == 200
    begun = ask(at, "POST", "/me/second-factor", adam)
    assert begun.json()["uri"].startswith("otpauth://totp/")
    assert ask(at, "PUT", "/me/second-factor", adam, json={"code": "000000"}).status_code == 403
    done = ask(at, "PUT", "/me/second-factor", adam, json={"code": at.code(begun.json()["secret"])})
    assert len(done.json()["codes"]) == 10
    assert ask(at, "GET", "/me", adam).status_code == 401  # every session ended
    adam = at.sign_in("adam", begun.json()["secret"])
    assert ask(at, "GET", "/people", adam).status_code == 200
    assert ask(at, "POST", "/me/second-factor", adam).status_code == 409  # a stolen session replaces nothing


def test_a_session_id_from_before_the_sign_in_is_worth_nothing(at):
    """Session fixation: an enemy plants an id, and waits until it is somebody's."""
    secret = at.enrol("anna")
    planted = "A" * 43
    mine = {"Cookie": f"{COOKIE}={planted}", TOKEN_HEADER: csrf_of(planted)}
    answer = try_in(at, "anna", password_of("anna"), at.code(secret), mine)
    assert answer.status_code == 200
    assert cookie(answer, COOKIE) != planted
    assert ask(at, "GET", "/me", at.own | mine).status_code == 401


def test_signing_in_again_ends_the_session_before(at):
    secret = at.enrol("anna")
    first = at.sign_in("anna", secret)
    at.clock.forward(minutes=1)
    again = try_in(at, "anna", password_of("anna"), at.code(secret), first)
    assert again.status_code == 200
    assert cookie(again, COOKIE) not in first["Cookie"]
    assert ask(at, "GET", "/me", first).status_code == 401


def test_a_session_ends_unused_and_at_the_end_of_the_shift(at):
    anna = at.sign_in("anna")
    at.clock.forward(seconds=IDLE.total_seconds() - 1)
    assert ask(at, "GET", "/me", anna).status_code == 200
    at.clock.forward(seconds=IDLE.total_seconds())
    assert ask(at, "GET", "/me", anna).status_code == 401
    anna = at.sign_in("anna")
    began = at.clock.at
    while at.clock.at - began < WHOLE:
        assert ask(at, "GET", "/me", anna).status_code == 200
        at.clock.forward(minutes=20)
    assert ask(at, "GET", "/me", anna).status_code == 401


def test_a_stream_left_open_keeps_no_session_alive(at):
    import threading

    anna = at.sign_in("anna")
    done = []

    def listen():
        with at.client.stream("GET", "/api/v1/events/stream", headers=anna) as answer:
            done.append(answer.status_code)
            done.append(sum(1 for _ in answer.iter_lines()))

    thread = threading.Thread(target=listen)
    thread.start()
    while not done:
        thread.join(0.05)
    for _ in range(3):
        at.clock.forward(minutes=10)
        thread.join(0.6)  # the stream looks who is there several times a second
    thread.join(20)
    assert not thread.is_alive()
    assert done[0] == 200
    assert ask(at, "GET", "/me", anna).status_code == 401


def test_one_sees_and_ends_ones_own_sessions_only(at):
    secret = at.enrol("anna")
    one, two = at.sign_in("anna", secret), at.sign_in("anna", secret)
    lia = at.sign_in("lia")
    held = ask(at, "GET", "/sessions", two).json()
    assert [each["this"] for each in held] == [True, False]
    other = held[1]["session"]
    assert ask(at, "DELETE", f"/sessions/{other}", lia).status_code == 404
    assert ask(at, "DELETE", "/sessions/01ARZ3NDEKTSV4RRFFQ69G5FAV", lia).status_code == 404
    assert ask(at, "GET", "/me", one).status_code == 200
    assert ask(at, "DELETE", f"/sessions/{other}", two).status_code == 204
    assert ask(at, "GET", "/me", one).status_code == 401


def test_a_new_password_ends_every_session(at):
    secret = at.enrol("anna")
    one, two = at.sign_in("anna", secret), at.sign_in("anna", secret)
    new = "another four small words"
    asked = {"old": "not the one it was", "new": new}
    assert ask(at, "PUT", "/me/password", one, json=asked).status_code == 403
    asked["old"] = password_of("anna")
    assert ask(at, "PUT", "/me/password", one, json=asked | {"new": "short"}).status_code == 422
    assert ask(at, "PUT", "/me/password", one, json=asked).status_code == 204
    assert ask(at, "GET", "/me", one).status_code == ask(at, "GET", "/me", two).status_code == 401
    at.clock.forward(minutes=1)
    assert try_in(at, "anna", password_of("anna"), at.code(secret)).status_code == 401
    at.clock.forward(minutes=1)
    assert try_in(at, "anna", new, at.code(secret)).status_code == 200


def test_refusals_at_ones_own_account_are_logged(at):
    anna = at.sign_in("anna")
    ask(at, "PUT", "/me/password", anna, json={"old": "not the one it was", "new": "another four small words"})
    ask(at, "DELETE", "/tokens/01ARZ3NDEKTSV4RRFFQ69G5FAV", anna)
    ask(at, "DELETE", "/sessions/01ARZ3NDEKTSV4RRFFQ69G5FAW", anna)
    refused = [body for body in at.records("access") if not body["allowed"]]
    assert [(body["by"]["user"], body["action"], body["resource"], body["name"]) for body in refused] == [
        ("anna", "secure", "account", "anna"),
        ("anna", "revoke", "token", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("anna", "end", "session", "01ARZ3NDEKTSV4RRFFQ69G5FAW"),
    ]
    assert "not the one" not in repr(at.records("access"))


def test_a_stolen_session_is_no_place_to_guess_the_password(at):
    anna = at.sign_in("anna")
    statuses = [
        ask(
            at, "PUT", "/me/password", anna, json={"old": f"guess number {n}", "new": "some other small words"}
        ).status_code
        for n in range(8)
    ]
    assert statuses == [403] * 5 + [429] * 3


def test_guesses_are_slowed_and_the_wait_doubles(at):
    secret = at.enrol("anna")
    assert [try_in(at, "anna", f"guess number {n}").status_code for n in range(6)] == [401] * 5 + [429]
    waits = []
    for _ in range(8):
        answer = try_in(at, "anna", password_of("anna"), at.code(secret, 9))
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        at.clock.forward(seconds=waits[-1])
        assert try_in(at, "anna", "wrong once more").status_code == 401
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    at.clock.forward(minutes=1)
    assert try_in(at, "anna", password_of("anna"), at.code(secret)).status_code == 200


def test_no_enemy_locks_a_person_out_of_a_browser_they_know(at):
    secret = at.enrol("anna")
    first = try_in(at, "anna", password_of("anna"), at.code(secret))
    home = {"Cookie": f"{BROWSER}={cookie(first, BROWSER)}"}
    for n in range(14):
        try_in(at, "anna", f"guess number {n}")
        at.clock.forward(minutes=1)
    assert try_in(at, "anna", "guess number 15").status_code == 401
    assert try_in(at, "anna", password_of("anna"), at.code(secret)).status_code == 429  # from elsewhere: wait
    assert try_in(at, "anna", password_of("anna"), at.code(secret), home).status_code == 200
    # Somebody else's known browser is a stranger's here.
    lia_secret = at.enrol("lia")
    at.clock.forward(minutes=1)
    assert try_in(at, "lia", password_of("lia"), at.code(lia_secret), home).status_code == 200
    statuses = [try_in(at, "ben", "guess number one", headers=home).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


def test_one_address_cannot_try_many_accounts(at):
    statuses = [try_in(at, f"user-{n}", "one common password").status_code for n in range(33)]
    assert statuses == [401] * 30 + [429] * 3


def test_tries_at_once_count_each(at):
    from concurrent.futures import ThreadPoolExecutor

    import httpx

    at.enrol("anna")
    url, body = f"{at.own['Origin']}/api/v1/session", {"user": "anna", "password": "guess at once", "code": ""}
    with ThreadPoolExecutor(12) as many:
        found = list(many.map(lambda _: httpx.post(url, json=body, headers=at.own).status_code, range(24)))
    assert sorted(found) == [401] * 5 + [429] * 19


@pytest.mark.parametrize(
    "body",
    [
        {"user": "anna", "password": "x", "code": "", "role": "administrator"},
        {"user": "anna", "password": "x", "actor": {"role": "administrator"}},
        {"user": "anna"},
        {"user": ["anna"], "password": "x"},
        {"user": "anna", "password": None},
        {"user": "a" * 65, "password": "x"},
        {"user": "anna", "password": "x" * 257},
        {"user": "anna", "password": "x", "code": "1" * 65},
        [],
        None,
    ],
)
def test_a_body_of_another_form_is_refused_and_not_repeated(at, body):
    answer = ask(at, "POST", "/session", at.own, json=body)
    assert answer.status_code == (415 if body is None else 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "xxxx" not in answer.text
    assert "administrator" not in answer.text


def test_rights_cannot_be_slipped_in(at):
    """Mass assignment: fields that are not one's own to set."""
    anna, adam = at.sign_in("anna"), at.sign_in("adam")
    assert (
        ask(at, "PUT", "/me/password", anna, json={"old": "x", "new": "y", "role": "administrator"}).status_code == 422
    )
    assert ask(at, "PUT", "/people/anna", anna, json={"role": "administrator"}).status_code == 403
    for field in ("password", "totp", "user", "step", "made"):
        assert ask(at, "PUT", "/people/anna", adam, json={field: "x"}).status_code == 422
    assert at.desk.person("anna").role == "analyst"


def test_a_body_without_an_announced_length_is_counted(at):
    def chunks():
        for _ in range(MAX_BODY // 65_536 + 2):
            yield b" " * 65_536

    answer = ask(at, "POST", "/session", at.own | {"Content-Type": "application/json"}, content=chunks())
    assert answer.status_code == 413


@pytest.mark.parametrize("text", ["a\r\nSet-Cookie: x=1", "a\nb", "a\0b", "ä" * 20, "</script>", "' OR 1=1 --"])
def test_no_text_gets_into_headers_or_statements(at, text):
    answer = try_in(at, text, text, text)
    assert answer.status_code == 401
    assert "x" not in answer.cookies
    token = ask(
        at,
        "GET",
        "/me",
        {
            "Authorization": b"Bearer "
            + text.encode("utf-8").replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
        },
    )
    assert token.status_code == 401
    made = ask(at, "POST", "/tokens", at.sign_in("lia"), json={"name": text, "scope": ["case:read"], "days": 1})
    assert made.status_code in (201, 422)
    assert (made.status_code == 201) == text.isprintable()


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Basic YW5uYTp4", "Bearer tl_" + "x" * 43, "Bearer " + "x" * 43, "bearer " + "y" * 300, "x"],
)
def test_a_token_that_is_none_is_refused(at, header):
    answer = ask(at, "GET", "/me", {"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="truceline"'


def test_two_ways_in_at_once_are_judged_by_the_token_alone(at):
    anna = at.sign_in("anna")
    both = anna | {"Authorization": "Bearer tl_" + "x" * 43}
    assert ask(at, "GET", "/me", both).status_code == 401
    assert ask(at, "GET", "/sessions", anna | at.as_("lia")).status_code == 401


def test_a_token_does_what_its_scope_says_and_no_more(at):
    lia = at.sign_in("wanda")
    made = ask(at, "POST", "/tokens", lia, json={"name": "a screen", "scope": ["case:read", "notice:*"], "days": 2})
    assert made.status_code == 201
    bearer = {"Authorization": f"Bearer {made.json()['secret']}"}
    me = ask(at, "GET", "/me", bearer).json()
    assert (me["user"], me["role"], me["scope"]) == ("wanda", "watch_officer", ["case:read", "notice:*"])
    held = ask(at, "GET", "/tokens", lia).json()
    assert [token["name"] for token in held] == ["a screen"]
    assert made.json()["secret"] not in repr(held)
    # It opens no case, makes no other token, and changes nothing that protects the account.
    actor = at.desk.signin.by_token(made.json()["secret"])
    with pytest.raises(Exception, match="may not open case"):
        at.desk.act(actor, "open", None, "seen", {"title": "Mill", "origin": "event", "events": [1]})
    for method, path in (("GET", "/tokens"), ("GET", "/sessions"), ("PUT", "/me/password"), ("DELETE", "/session")):
        assert ask(at, method, path, at.own | bearer).status_code in (401, 415, 422)  # 415, 422: no body
    assert ask(at, "DELETE", f"/tokens/{held[0]['token']}", at.sign_in("sam")).status_code == 404
    assert ask(at, "DELETE", f"/tokens/{held[0]['token']}", lia).status_code == 204
    assert ask(at, "GET", "/me", bearer).status_code == 401


def test_a_token_ends(at):
    anna = at.sign_in("anna")
    made = ask(at, "POST", "/tokens", anna, json={"name": "a day", "scope": ["case:read"], "days": 1}).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    at.clock.forward(seconds=timedelta(days=1).total_seconds() - 1)
    assert ask(at, "GET", "/me", bearer).status_code == 200
    at.clock.forward(seconds=1)
    assert ask(at, "GET", "/me", bearer).status_code == 401


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "x", "scope": [], "days": 1},
        {"name": "x", "scope": ["everything"], "days": 1},
        {"name": "x", "scope": ["*"], "days": 1},
        {"name": "x", "scope": ["account:*"], "days": 1},
        {"name": "x", "scope": ["token:make"], "days": 1},
        {"name": "x", "scope": ["session:*"], "days": 1},
        {"name": "x", "scope": ["case:read"], "days": 0},
        {"name": "x", "scope": ["case:read"], "days": 367},
        {"name": " ", "scope": ["case:read"], "days": 1},
        {"name": "x" * 101, "scope": ["case:read"], "days": 1},
        {"name": "x", "scope": ["case:read"] * 201, "days": 1},
        {"name": "x", "scope": ["case:read"], "days": 1, "user": "adam"},
    ],
)
def test_a_token_of_another_form_is_refused(at, asked):
    assert ask(at, "POST", "/tokens", at.sign_in("anna"), json=asked).status_code == 422
