# SPDX-License-Identifier: Apache-2.0
"""The commission's server: writing is taken on its API only, from our own page only, and is described."""

from __future__ import annotations

import http.client
import json
import time

import pytest
from desk_world import office
from starlette.datastructures import Headers
from test_server_app import ask, serving

from truceline.server.guard import COOKIE, MAX_BODY, TOKEN_HEADER, csrf_of, session_in


@pytest.fixture(scope="module")
def at(tmp_path_factory, repository):
    with office(tmp_path_factory.mktemp("office"), repository) as found:
        yield found


def test_the_public_is_told_who_it_is(at):
    assert at.get("/me").json() == {
        "user": "public",
        "role": "public",
        "of": None,
        "seat": None,
        "clearance": "public",
        "aligned": [],
        "scope": None,
    }
    assert at.get("/me", "gus").json()["aligned"] == ["A"]


def test_the_api_is_described_and_nothing_else_is(at):
    document = at.client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert "/api/v1/me" in document["paths"]
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert at.client.get("/docs").status_code == 404


def test_a_folder_of_results_has_no_api_of_a_commission(tmp_path):
    with serving(tmp_path, tmp_path) as port:
        for path in ("/api/v1/me", "/api/v1/openapi.json"):
            assert ask((tmp_path, port), path)[0] == 404
        assert ask((tmp_path, port), "/api/v1/me", "POST")[0] == 405


@pytest.mark.parametrize("path", ["/", "/report.html", "/ledger/checkpoint", "/api/v2/me", "/api/v1"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_writing_is_taken_on_the_api_only(at, method, path):
    answer = at.client.request(method, path, headers=at.own)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_other_methods_are_refused(at, method):
    assert at.client.request(method, "/api/v1/me", headers=at.own).status_code == 405


def test_a_method_the_route_has_not_is_named_with_those_it_has(at):
    answer = at.client.request("DELETE", "/api/v1/me", headers=at.own)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:8766"},
        {"Origin": "http://127.0.0.1:8765.evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "own"},
        {"Cookie": f"{COOKIE}=abc"},
        {"Cookie": f"{COOKIE}=abc", TOKEN_HEADER: ""},
        {"Cookie": f"{COOKIE}=abc", TOKEN_HEADER: csrf_of("abd"), "Origin": "own"},
    ],
)
def test_another_site_cannot_write_in_a_persons_name(at, headers):
    headers = headers | at.own if headers.get("Origin") == "own" else headers
    answer = at.client.request("DELETE", "/api/v1/me", headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.json()["detail"] or TOKEN_HEADER in answer.json()["detail"]


def test_our_own_page_passes(at):
    for more in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Cookie": f"{COOKIE}=abc", TOKEN_HEADER: csrf_of("abc")}):
        assert at.client.request("DELETE", "/api/v1/me", headers=at.own | more).status_code == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_what_a_form_can_send_is_refused(at, kind):
    answer = at.client.post("/api/v1/me", content=b"{}", headers={**at.own, "Content-Type": kind})
    assert answer.status_code == 415


def test_a_body_announced_too_large_is_refused_unread(at):
    connection = http.client.HTTPConnection(*at.client.base_url.netloc.decode().split(":"))
    connection.putrequest("POST", "/api/v1/me")
    connection.putheader("Content-Length", str(MAX_BODY + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"{COOKIE}=abc", "abc"),
        (f"x=1; {COOKIE}=abc; y=2", "abc"),
        (f"{COOKIE}=", None),
        ("other=abc", None),
        (f"{COOKIE.lower()}=abc", None),
    ],
)
def test_the_cookie_is_read(line, found):
    assert session_in(Headers({"cookie": line})) == found


def test_two_sessions_in_one_request_are_none():
    raw = [(b"cookie", f"{COOKIE}=a".encode()), (b"cookie", f"{COOKIE}=b".encode())]
    assert session_in(Headers(raw=raw)) is None


def test_records_of_peoples_acts_are_not_shown_by_their_number(at):
    at.desk.act(at.desk.person("wanda"), "open", None, "seen", {"title": "Mill", "origin": "event", "events": [1]})
    at.desk.publish()
    for index in range(at.desk.store.size):
        answer = at.client.get(f"/api/v1/records/{index}")
        assert answer.status_code == 404
        assert json.loads(answer.content)["status"] == 404


def test_the_public_files_follow_the_ledger_while_it_serves(at):
    at.desk.act(at.desk.person("wanda"), "open", None, "again", {"title": "Ford", "origin": "event", "events": [2]})
    for _ in range(100):
        told = at.client.get("/ledger/checkpoint").text.splitlines()[1]
        if told == str(at.desk.store.size):
            break
        time.sleep(0.05)
    assert told == str(at.desk.store.size)
