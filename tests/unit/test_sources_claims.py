# SPDX-License-Identifier: Apache-2.0
"""Claims: what was said, as it was said; anything unclear is refused with its line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from truceline.errors import InputError, LimitExceeded, Malformed, NoTime, Truncated
from truceline.sources import claims

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
        ("value: true", "value 'true' is not a count (a whole number, 0 or more)"),
        ("value: '5'", "value '5' is not a count (a whole number, 0 or more)"),
        ("value: 5.0", "value '5.0' is not a count (a whole number, 0 or more)"),
        ("value: 9007199254740992", "value '9007199254740992' is not a count (a whole number, 0 or more)"),
        ("value: [5]", "value a list is not a count (a whole number, 0 or more)"),
        ("valeu: 5", "unknown key 'valeu'; is 'value' meant?"),
        ("value: 5, period: 7", "period must hold keys and values"),
        ("value: 5, unit: [a]", "unit must be text"),
        ("value: 5, unit: true", "unit must be text"),
        ("value: 5, period: {start_utc: [2026]}", "start_utc: a list is not an ISO 8601 time"),
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


def test_texts_stay_as_they_were_written():
    (claim,), _ = read(
        HEAD + CLAIM.replace("value: 5", "value: 05, unit: 012, confidence: no, breakdown: {a: 1, b: .5}")
    )
    assert (claim.value, claim.unit, claim.confidence) == (5, "012", "no")
    assert claim.breakdown == {"a": 1, "b": 0.5}


def test_null_is_the_same_as_a_missing_key():
    (bare,), _ = read(HEAD + CLAIM.replace("value: 5", "unit: x"))
    for nothing in ("null", "~", ""):
        keys = ", ".join(f"{key}: {nothing}" for key in ("value", "qualifier", "period", "breakdown", "source"))
        assert read(HEAD + CLAIM.replace("value: 5", f"unit: x, {keys}"))[0] == (bare,)


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        (b"a: 1\nb: \xff\n", Malformed, 2),
        (b"a: 1\n\0", Malformed, 2),
        (b"a: &x [1]\nb: 2\n", Malformed, 1),
        (b"claims:\n\t- 1\n", Malformed, 2),
        (b"claims: " + b"[" * (claims.MAX_DEPTH + 1), LimitExceeded, 1),
        (b"claims:\n" + b"- 1\n" * claims.MAX_NODES, LimitExceeded, claims.MAX_NODES - 1),
        (b"#" * (claims.MAX_BYTES + 1), LimitExceeded, None),
        (b"# nothing\n", Truncated, 1),
    ],
    ids=range(8),
)
def test_what_is_no_plain_yaml_is_refused(text: bytes, kind: type[InputError], line: int | None):
    with pytest.raises(kind) as caught:
        claims.read(text, file="y")
    assert (caught.value.file, caught.value.line) == ("y", line)


def test_more_is_read_than_of_a_terms_file():
    many = HEAD + CLAIM * 2_000 + "note: " + "x" * 300_000 + "\n"
    assert len(read(many)[0]) == 2_000
    deep = "x: " + "[" * (claims.MAX_DEPTH - 1) + "]" * (claims.MAX_DEPTH - 1) + "\n"
    assert len(read(HEAD + CLAIM + deep)[0]) == 1


def test_files_that_are_no_claims():
    assert "neither 'claims' nor 'ceasefires'" in refused("- 1\n").reason
    assert "neither 'claims' nor 'ceasefires'" in refused("terms: 1\n").reason
    assert refused("claims: 5\n").reason == "claims must be a list"
    assert refused("claims: [5]\n").reason == "expected keys and values here"
    assert read("claims:\n") == ((), ())
