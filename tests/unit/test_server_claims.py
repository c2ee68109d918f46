# SPDX-License-Identifier: Apache-2.0
"""Checking a claim over the server: what it answers, what it refuses, and that it reads the run only once."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlencode

import flow_factory as made
import pytest
from test_server_app import serving

from truceline.flow.again import ground_of
from truceline.flow.watchfile import read_watch
from truceline.lang import languages, say
from truceline.server import claims
from truceline.watch import watch

GOOD = {"what": "fires", "count": "5", "from": "2026-04-12", "to": "2026-04-12"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("claims")
    made.write(base / "watch")
    watch(read_watch(base / "watch"), base / "out", keys=base / "keys", now=made.NOW)
    return base / "out"


@pytest.fixture(scope="module")
def port(folder, tmp_path_factory):
    with serving(folder, tmp_path_factory.mktemp("dist")) as found:
        yield found


def get(port, path, **query):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"{path}?{urlencode(query)}")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_a_claim_is_checked(port):
    answer, body = get(port, "/api/v1/claim-check", **GOOD)
    told = json.loads(body)
    assert answer.status == 200
    assert "default-src 'none'" in answer.getheader("Content-Security-Policy")
    assert told["claim"]["from"] == "2026-04-12T00:00:00Z"
    assert told["claim"]["to"] == "2026-04-13T00:00:00Z"
    assert told["verdict"] in ("consistent", "inconsistent", "cannot be judged")
    assert {"reasons", "passes", "sensors", "seen", "coverage", "withheld"} <= set(told)


def test_a_text_is_read_and_the_form_comes_first(port):
    text = "North said 12 fires burned on 11 April 2026"
    told = json.loads(get(port, "/api/v1/claim-check", text=text, count="about 7")[1])
    assert (told["claim"]["count"], told["claim"]["qualifier"]) == (7, "about")
    assert told["claim"]["from"] == "2026-04-11T00:00:00Z"
    assert any(part["field"] == "count" and part["value"] == 12 for part in told["understood"])


def test_a_sheet_is_a_pdf(port):
    answer, body = get(port, "/api/v1/claim-sheet", **GOOD)
    assert (answer.status, body[:4]) == (200, b"%PDF")
    assert answer.getheader("Content-Disposition") == 'attachment; filename="claim-check.pdf"'


def test_the_answer_is_in_the_claims_language_or_in_the_one_asked_for(port):
    text = "Під час перемир'я було 12 пожеж"
    for query, code in (({}, "uk"), ({"lang": "fr"}, "fr")):
        told = json.loads(get(port, "/api/v1/claim-check", text=text, **query)[1])
        assert (told["language"], told["told"]["language"]) == (code, code)
        assert told["told"]["heads"]["why"] == say(code, "sheet.h_why")
    assert json.loads(get(port, "/api/v1/claim-check", **{**GOOD, "what": "пожежі"})[1])["language"] == "uk"


def test_the_words_of_the_form_are_there_in_every_language(port):
    answer, body = get(port, "/api/v1/claim-words")
    told = json.loads(body)
    assert answer.status == 200
    assert list(told) == list(languages())
    assert {tuple(sorted(words)) for words in told.values()} == {tuple(sorted(told["en"]))}
    assert {"check", "who", "accused", "what", "count", "where", "from", "to", "name"} <= set(told["en"])


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"lang": "uk"},
        {**GOOD, "lang": "xx"},
        {"count": "many"},
        {**GOOD, "from": "noon"},
        {**GOOD, "where": "Atlantis"},
        {**GOOD, "where": "/etc/passwd.json"},
        {**GOOD, "where": "../../watch/extent.geojson"},
        {**GOOD, "who": "x" * 500},
        {**GOOD, "to": "2029-04-12"},
        {"text": "x" * 4_001},
        {"text": "x" * 40_000},
        {**GOOD, "from": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(port, query):
    answer, body = get(port, "/api/v1/claim-check", **query)
    assert answer.status == 422
    assert json.loads(body)["detail"]
    assert b"Traceback" not in body


def test_the_run_is_read_once(folder, monkeypatch):
    times = []
    monkeypatch.setattr(claims, "ground_of", lambda where: times.append(where) or ground_of(where))
    grounds = claims.Grounds(folder)
    assert grounds.get() is grounds.get()
    assert len(times) == 1
