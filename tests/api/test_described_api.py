# SPDX-License-Identifier: Apache-2.0
"""The API does what its OpenAPI document says, tried by schemathesis with everything it checks (evidence design, A-3).

Whoever asks: no answer is a server's error, each has a status, a media type and a form that the document names; what
the document allows is taken, what it does not is refused; nothing that needs a person is given to nobody.
"""

from __future__ import annotations

import warnings
from collections import Counter

import pytest
from desk_world import office

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own dependencies' deprecations are not ours to mend
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

EXAMPLES = 500
"""Cases tried on each operation in `make prove`."""

CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
}
"""Checks that the evidence design names; all the others schemathesis has are on as well."""

TAKEN = ["2xx", "3xx", "401", "403", "404", "409", "412"]
"""What a well-formed request may meet: it is done, or not this person's, not there, not possible now, or outdated."""

REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]
"""What a malformed request may meet: what schemathesis expects, and 413, for a text that is too long may make a body so."""

LOGS = "/api/v1/(log|shift|patrols|mines|response|register|commitments|meetings)"
"""What is keyed into the log is a language of its own, which no schema describes; so are the entries of a register."""

ELSEWHERE = "/api/v1/(events/stream|(sessions?|me|tokens|people|oidc)(/|$))"
"""The stream has no end, so it is tried by hand below; accounts and sessions have a test of their own."""

GROUPS = {LOGS: [*TAKEN, "422"], f"^(?!.*({LOGS}|{ELSEWHERE}))": TAKEN}
"""Operations, and what a well-formed request to them may meet."""


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        case = found.post(
            "/cases", "wanda", {"reason": "heard", "data": {"title": "Mill", "origin": "event", "events": [1]}}
        ).json()["case"]
        found.post(f"/cases/{case}/acts", "wanda", {"kind": "notice", "reason": "stop it"})
        yield found


@schemathesis.hook("before_call")
def plain(_context, case, *_):
    """Make what no schema can say true: shares add up to one, the least of a range is not above its greatest."""
    data = case.body.get("data") if isinstance(case.body, dict) else None
    shares = data.get("hypotheses") if isinstance(data, dict) else None
    if isinstance(shares, dict) and all(type(share) in (int, float) and 0 <= share <= 1 for share in shares.values()):
        total = sum(shares.values())
        data["hypotheses"] = (
            {name: share / total for name, share in shares.items()} if total else shares | {"unknown": 1}
        )
    readings = data.get("readings") if isinstance(data, dict) else None
    if isinstance(readings, dict):
        for name, edges in readings.items():
            if isinstance(edges, list) and len(edges) == 2 and all(type(edge) in (int, float) for edge in edges):
                readings[name] = sorted(edges)


@pytest.mark.parametrize("user", ["public", "anna", "lia", "olga", "sam"])
def test_the_api_is_as_described(at, user, proof_scale, figures):
    address = f"{str(at.client.base_url).rstrip('/')}/api/v1/openapi.json"
    tried, statuses, failed = Counter(), Counter(), set()
    for operations, taken in GROUPS.items():
        config = _config(at.as_(None if user == "public" else user), taken, whole=proof_scale >= 1)
        schema = schemathesis.openapi.from_url(address, config=config).include(path_regex=operations)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for event in from_schema(schema).execute():
                if isinstance(event, events.NonFatalError | events.FatalError):
                    failed.add(str(event))
                if isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
                    _read(event, tried, statuses, failed)
    assert not failed, "\n".join(map(str, failed))
    assert set(tried) >= CHECKS
    assert not [status for status in statuses if status >= 500]
    assert {200, 404, 422} <= set(statuses)
    figures(
        f"API as described, asked by {user} (A-3)",
        {"requests": statuses.total(), "checks": tried.total(), "failed": 0, "server errors": 0},
    )


def _config(headers, taken, *, whole):
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "headers": headers,
            "generation": {
                "max-examples": EXAMPLES if whole else 3,
                "deterministic": True,
                "database": "none",
                "mode": "all",
            },
            "checks": {
                "positive_data_acceptance": {"expected-statuses": taken},
                "negative_data_rejection": {"expected-statuses": REFUSED},
            },
            "phases": {
                "examples": {"enabled": False},
                "coverage": {"enabled": whole},
                "stateful": {"enabled": whole},
            },
            "warnings": False,
            "workers": 1,
        }
    )


def _read(event, tried, statuses, failed):
    for name, each in event.recorder.checks.items():
        for check in each:
            tried[check.name] += 1
            if check.status.name == "FAILURE":
                failure = check.failure_info.failure
                failed.add((check.name, failure.title, failure.message, check.failure_info.code_sample, name))
    for each in event.recorder.interactions.values():
        if each.response is not None:
            statuses[each.response.status_code] += 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Last-Event-ID": "x"}, 422),
        ({"Last-Event-ID": "1-zz"}, 422),
        ({"Accept": "application/json"}, 406),
        ({"Accept": "text/*"}, 200),
    ],
)
def test_the_stream_is_as_described(at, headers, status):
    """It has no end, so it is tried by hand."""
    with at.client.stream("GET", "/api/v1/events/stream", headers=headers) as answer:
        assert answer.status_code == status
        kind = "text/event-stream; charset=utf-8" if status == 200 else "application/problem+json"
        assert answer.headers["content-type"] == kind
    document = at.client.get("/api/v1/openapi.json").json()
    assert str(status) in document["paths"]["/api/v1/events/stream"]["get"]["responses"]


def test_every_answer_has_a_form(at):
    document = at.client.get("/api/v1/openapi.json").json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            answers = [answer for status, answer in operation["responses"].items() if status in ("200", "201")]
            for answer in answers:
                told = answer["content"]
                assert "text/event-stream" in told or "$ref" in str(told["application/json"]["schema"]), (path, method)
