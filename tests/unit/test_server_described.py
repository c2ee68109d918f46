# SPDX-License-Identifier: Apache-2.0
"""What the description says of accounts, sessions and tokens holds for requests drawn from it (EVIDENCE A-3)."""

from __future__ import annotations

from collections import Counter

import pytest
import schemathesis
from desk_world import office
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

PATHS = "/api/v1/(sessions?|me|tokens|people|oidc)(/|$)"
ENDS = [("/api/v1/session", "DELETE"), ("/api/v1/sessions/{id}", "DELETE"), ("/api/v1/me/password", "PUT")]
"""What would end the session that asks."""


@pytest.fixture
def at(tmp_path, repository):
    with office(tmp_path, repository) as found:
        yield found


def run(at, headers, examples):
    """Failures in words, and how often each status came."""
    config = {
        "seed": 1,
        "headers": headers,
        "warnings": False,
        "workers": 1,
        "generation": {"max-examples": examples, "deterministic": True, "database": "none", "mode": "all"},
        "phases": {"stateful": {"enabled": False}, "examples": {"enabled": False}, "coverage": {"enabled": True}},
    }
    address = f"{at.own['Origin']}/api/v1/openapi.json"
    schema = schemathesis.openapi.from_url(address, config=SchemathesisConfig.from_dict(config))
    schema = schema.include(path_regex=PATHS)
    if "Cookie" in headers:
        for path, method in ENDS:
            schema = schema.exclude(path=path, method=method)
    failed, statuses = [], Counter()
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            checks = [check for many in event.recorder.checks.values() for check in many]
            failed += [(event.label, c.name, c.failure_info.failure.message) for c in checks if c.failure_info]
            answers = [each.response for each in event.recorder.interactions.values() if each.response is not None]
            statuses.update(answer.status_code for answer in answers)
    return failed, statuses


@pytest.mark.parametrize("who", ["adam", "anna", None])
def test_accounts_are_as_described(at, who, proof_scale, figures):
    headers = dict(at.own) if who is None else at.sign_in(who)
    failed, statuses = run(at, headers, max(5, int(200 * proof_scale)))
    assert failed == []
    assert max(statuses) < 500
    assert statuses[200 if who else 401] > 0
    assert sum(statuses.values()) > 60
    figures(
        f"accounts as described, asked by {who or 'public'} (A-3)",
        {"requests": sum(statuses.values()), "failed": len(failed)},
    )
