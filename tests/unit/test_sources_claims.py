# SPDX-License-Identifier: Apache-2.0
"""Claims: what was said, as it was said; anything unclear is refused with its line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from truceline.errors import InputError, LimitExceeded, Malformed, NoTime, Truncated
from truceline.sources import claims
from truceline.sources._yaml import MAX_DEPTH, parse

HEAD = "ceasefires:\n  - {id: t, start_utc: 2026-04-11T13:00:00Z, end_utc: 2026-04-12T21:00:00Z}\nclaims:\n"
CLAIM = "  - {ceasefire: t, claimant: A, accused: B, value: 5}\n"


def read(text: str):
    return claims.read(text.encode(), file="claims.yaml")


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.file == "claims.yaml"
    return caught.value


def test_shared_claims(shared_data):
    found, truces = claims.read((shared_data / "claims.yaml").read_bytes(), file="claims.yaml")
    assert [truce["id"] for truce in truces] == ["easter-2026", "easter-2025"]
    assert truces[0]["start_utc"] == "2026-04-11T13:00:00Z"
    assert truces[0]["end_utc"] == "2026-04-12T21:00:00Z"
    assert [claim.value for claim in found] == [1971, 2299, 500, 2935, 2000, None, 4900, None]
    assert found[0].end == datetime(2026, 4, 12, 5, tzinfo=UTC)
    assert found[1].end is None
    assert found[2].qualifier == "more than"
    assert found[6].breakdown["quadcopter_strikes"] == 3316
    assert all(claim.outlet and claim.published and claim.url.startswith("https://") for claim in found[:5])
    assert all(claim.record().id for claim in found)


def test_a_claim_needs_who_and_whom():
    (claim,), _ = read(HEAD + CLAIM)
    assert (claim.claimant, claim.accused, claim.value, claim.unit, claim.start) == ("A", "B", 5, "", None)
    for key in ("ceasefire: t", "claimant: A", "accused: B"):
        error = refused(HEAD + CLAIM.replace(key + ", ", ""))
        assert error.reason == f"without {key.split(':')[0]}"
        assert error.line == 4


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("value: -5", "value '-5' is not a count (a whole number, 0 or more)"),
        ("value: 5.5", "value '5.5' is not a count (a whole number, 0 or more)"),
        ("value: many", "value 'many' is not a count (a whole number, 0 or more)"),
        ("value: true", "value 'True' is not a count (a whole number, 0 or more)"),
        ("valeu: 5", "unknown key 'valeu'; is 'value' meant?"),
        ("value: 5, period: 7", "period must hold keys and values"),
        ("value: 5, unit: [a]", "unit must be text"),
        ("value: 5, period: {start_utc: tomorrow}", "start_utc: 'tomorrow' is not an ISO 8601 time"),
        ("value: 5, period: {start: 2026-04-11T13:00}", "names no time zone"),
        ("value: 5, period: {end_utc: 9999-12-31T23:59:59-12:00}", "lies outside the calendar"),
        ("value: 5, period: {start_utc: 2026-04-12T00:00Z, end_utc: 2026-04-11T00:00Z}", "before it starts"),
    ],
)
def test_what_is_unclear_is_refused_with_its_line(change: str, reason: str):
    error = refused(HEAD + CLAIM + CLAIM.replace("value: 5", change))
    assert reason in error.reason
    assert error.line == 5


def test_notes_are_passed_over():
    (claim,), _ = read(HEAD + CLAIM.replace("value: 5", "value: 5, remark: [read, twice]"))
    assert claim.value == 5


def test_times_without_zone_only_where_the_name_says_utc():
    (bare,), _ = read(HEAD + CLAIM.replace("value: 5", "period: {start_utc: 2026-04-11T13:00}"))
    (offset,), _ = read(HEAD + CLAIM.replace("value: 5", "period: {start: 2026-04-11T16:00+03:00}"))
    assert bare.start == offset.start == datetime(2026, 4, 11, 13, tzinfo=UTC)
    assert refused(HEAD.replace("13:00:00Z", "25:00:00Z")).__class__ is NoTime


def test_a_claim_about_an_unlisted_truce_is_refused():
    assert "speaks of the truce 'u'" in refused(HEAD + CLAIM.replace("ceasefire: t", "ceasefire: u")).reason
    assert "appears twice" in refused(HEAD.replace("claims:", "  - {id: t}\nclaims:")).reason


def test_plain_scalars_follow_yaml_1_2():
    text = "a: no\nb: 012\nc: 0o14\nd: 1_000\ne: ~\nf: 'null'\ng: 1e3\nh: 2026-04-11\ni: true\nj: .5\nk: 12345678901234567890\n"
    assert parse(text.encode(), file="y", limit=1000).plain() == {
        "a": "no",
        "b": 12,
        "c": "0o14",
        "d": "1_000",
        "e": None,
        "f": "null",
        "g": 1000.0,
        "h": "2026-04-11",
        "i": True,
        "j": 0.5,
        "k": "12345678901234567890",
    }


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("a: &x [1]\nb: *x\n", Malformed, 2),
        ("a: 1\na: 2\n", Malformed, 2),
        ("a: !!python/object/apply:os.system [ls]\n", Malformed, 1),
        ("a: 1\n---\nb: 2\n", Malformed, 2),
        ("a: [1\n", Malformed, 2),
        ("? [1]\n: 2\n", Malformed, 1),
        ("a:\n\t- 1\n", Malformed, 2),
        ("a: " + "[" * (MAX_DEPTH + 1), LimitExceeded, 1),
        ("# nothing\n", Truncated, None),
        ("- 1\n" * 60_000, LimitExceeded, 50_000),
    ],
)
def test_yaml_that_is_refused(text: str, kind: type[InputError], line: int | None):
    with pytest.raises(kind) as caught:
        parse(text.encode(), file="y", limit=10**6)
    assert (caught.value.file, caught.value.line) == ("y", line)


def test_files_that_are_no_claims():
    assert "neither 'claims' nor 'ceasefires'" in refused("- 1\n").reason
    assert "neither 'claims' nor 'ceasefires'" in refused("terms: 1\n").reason
    assert refused("claims: 5\n").reason == "claims must be a list"
    assert refused("claims: [5]\n").reason == "expected keys and values here"
    assert read("claims:\n") == ((), ())
