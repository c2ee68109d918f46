# SPDX-License-Identifier: Apache-2.0
"""A truce nobody wrote terms for: one entry of a claims file is enough to watch it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from ruamel.yaml import YAML

from truceline import terms
from truceline.base.canonical import canonical
from truceline.errors import Malformed, NoTime
from truceline.model.claim import Claim

ENTRY = {
    "id": "lantern-2027",
    "declared_by": "President of Sabrinia",
    "start_utc": "2027-02-01T06:00:00Z",
    "end_utc": "2027-02-03T06:00:00Z",
    "terms": "All fire\nstops.",
    "source": {"outlet": "Paper", "url": "https://example.org", "date": date(2027, 1, 31)},
}


def claim(claimant, accused, truce="lantern-2027"):
    return Claim(truce, claimant, accused, 10, "", "violations", None, None, {}, "o", "", "", "low")


CLAIMS = [claim("Sabrinian army", "Tarvania"), claim("Tarvanian staff", "Sabrinia"), claim("Observers", "Sabrinia")]


def test_parties_are_the_accused_in_the_order_of_their_names():
    found = terms.from_ceasefire(ENTRY, CLAIMS, file="claims.yaml")
    assert [(p.id, p.name, p.holds) for p in found.parties] == [("A", "Sabrinia", ()), ("B", "Tarvania", ())]
    assert found.parties[0].forces == "Sabrinia's forces"
    assert found.parties[0].aliases == ("Sabrinian army",)
    assert terms.party_of(found, "Tarvanian staff") == "B"
    assert terms.party_of(found, "Observers") is None


def test_it_prohibits_every_act_of_war_everywhere_in_the_window():
    found = terms.from_ceasefire(ENTRY, CLAIMS, file="claims.yaml")
    (reading,) = found.readings
    (provision,) = reading.provisions
    assert (reading.id, reading.held_by) == ("as-declared", ())  # a president is not in so many words a party
    assert (provision.acts, provision.actors, provision.exceptions) == (("act_of_war",), ("A", "B"), ())
    assert found.zones[0].kind == "everywhere"
    assert found.window.start == datetime(2027, 2, 1, 6, tzinfo=UTC)
    assert found.window.hours == 48
    assert provision.text == "All fire stops."
    assert reading.source.date == "2027-01-31"
    assert found.responses == {"A": "none published", "B": "none published"}
    canonical(dict(found.record().body))


@pytest.mark.parametrize(
    ("declared_by", "held_by"),
    [
        ("Sabrinia", ("A",)),
        ("tarvania", ("B",)),
        ("Sabrinian army", ("A",)),
        ("Government of Tarvania", ("B",)),
        ("The Government of Sabrinia (unilateral)", ("A",)),
        ("Sabrinia; Tarvania said it would mirror", ("A",)),
        ("Sabrinia and Tarvania", ("A", "B")),
        ("Sabrinia, Urbia", ()),
        ("President X (unilateral); Sabrinia would mirror", ()),
        ("President X; Sabrinian army would mirror", ()),
        ("Mediators for Tarvania", ()),
        ("", ()),
    ],
)
def test_a_reading_is_held_by_who_declared_it_and_never_by_a_name_from_the_rest(declared_by, held_by):
    found = terms.from_ceasefire({**ENTRY, "declared_by": declared_by}, CLAIMS, file="c")
    assert found.readings[0].held_by == held_by


def test_two_parties_whose_names_begin_alike_stay_two():
    said = [claim("Nigerian army", "Niger"), claim("army of Niger", "Nigeria")]
    found = terms.from_ceasefire(ENTRY, said, file="c")
    assert [p.name for p in found.parties] == ["Niger", "Nigeria"]
    assert terms.party_of(found, "Nigeria") == "B"
    assert terms.party_of(found, "Niger") == "A"


def test_the_order_of_claims_and_who_is_whose_accuser_change_nothing():
    one = terms.from_ceasefire(ENTRY, CLAIMS, file="c")
    assert terms.from_ceasefire(ENTRY, CLAIMS[::-1], file="c") == one


def test_one_accused_and_one_accuser_are_two_parties():
    found = terms.from_ceasefire(ENTRY, [claim("Sabrinia", "Tarvania")], file="c")
    assert [p.name for p in found.parties] == ["Sabrinia", "Tarvania"]


@pytest.mark.parametrize(
    "claims",
    [
        [],
        [claim("x", "y", truce="other")],
        [claim("Observers", "Sabrinia"), claim("Watchers", "Sabrinia")],
        [claim("a", "Sabrinia"), claim("a", "Tarvania"), claim("a", "Urbia")],
    ],
)
def test_claims_that_do_not_name_two_parties_are_refused(claims):
    with pytest.raises(Malformed, match=r"c\.yaml.*two parties"):
        terms.from_ceasefire(ENTRY, claims, file="c.yaml")


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"id": None}, Malformed, "'id'"),
        ({"start_utc": None}, NoTime, "start_utc"),
        ({"end_utc": "soon"}, NoTime, "not an ISO 8601"),
        ({"end_utc": date(2027, 2, 3)}, NoTime, "expected a time"),
        ({"end_utc": "2027-01-03T06:00:00Z"}, NoTime, "before it starts"),
        ({"end_utc": "2027-02-01T06:00:00Z"}, NoTime, "when it starts"),
        ({"local_offset_hours": "three"}, Malformed, "local_offset_hours"),
        ({"local_offset_hours": float("nan")}, Malformed, "local_offset_hours"),
    ],
)
def test_bad_entries_are_refused(change, kind, said):
    with pytest.raises(kind) as caught:
        terms.from_ceasefire({**ENTRY, **change}, CLAIMS, file="c.yaml")
    assert said in str(caught.value)
    assert caught.value.file == "c.yaml"


def test_keys_that_name_utc_make_naive_times_utc():
    entry = {**ENTRY, "start_utc": datetime(2027, 2, 1, 6), "end_utc": "2027-02-03T06:00:00"}
    assert terms.from_ceasefire(entry, CLAIMS, file="c").window.hours == 48


def test_both_truces_of_the_shared_claims_file_become_agreements(shared_data):
    content = YAML(typ="safe", pure=True).load((shared_data / "claims.yaml").read_text("utf-8"))
    claims = [claim(c["claimant"], c["accused"], c["ceasefire"]) for c in content["claims"]]
    for entry in content["ceasefires"]:
        found = terms.from_ceasefire(entry, claims, file="claims.yaml")
        assert [p.name for p in found.parties] == ["Russia", "Ukraine"]
        assert found.readings[0].held_by == ()  # "President Putin (unilateral); …Ukraine would mirror"
        assert terms.party_of(found, "Ukrainian military") in {"B", None}
    assert found.window.hours == 30
    assert [terms.party_of(found, c["claimant"]) for c in content["claims"] if c["ceasefire"] == found.id] == [
        None,
        None,
        "B",
        "A",
        "A",
    ]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("easter-2025", "Easter truce 2025"),
        ("winter-truce", "Winter truce"),
        ("energy-moratorium-2025", "Energy moratorium 2025"),
        ("kosti", "Kosti truce"),
    ],
)
def test_a_truce_without_a_title_is_named_after_its_id(name, title):
    from truceline.terms.ceasefire import _title

    assert _title(name) == title
