# SPDX-License-Identifier: Apache-2.0
"""The one table of who may do what. What stands in no row is refused.

A row is: roles, resource, actions, whose (``any``; ``own``: the person's party, state or seat; ``audience``: it was
addressed or released to the person), highest level, states of the resource in which it holds (empty: all).
"""

from __future__ import annotations

from dataclasses import dataclass

from truceline.model.case import LEVELS, ROLES

STAFF = ("watch_officer", "analyst")
"""The mission's own people who look at evidence."""

INSIDE = (*STAFF, "commissioner", "secretariat")
"""Who works on cases."""

EVERYBODY = ROLES
"""All roles, the public included."""

SIGNED_IN = tuple(role for role in ROLES if role != "public")
"""Everybody with an account."""

WHOSE = ("any", "own", "audience")


@dataclass(frozen=True)
class Row:
    """One permission."""

    roles: tuple[str, ...]
    """Who."""

    resource: str
    """What."""

    actions: tuple[str, ...]
    """Does what."""

    whose: str = "any"
    """``any``, ``own`` or ``audience``."""

    level: str = "restricted"
    """Highest level of the material."""

    states: tuple[str, ...] = ()
    """States of the resource in which it holds; empty: all."""


OPEN = ("open", "notified", "heard", "voting", "no quorum", "deadlock", "provisional", "found")
"""States of a case on which work goes on."""

TABLE: tuple[Row, ...] = (
    # What everybody may see: the bulletin, the ledger's public part, and what was released.
    Row(EVERYBODY, "bulletin", ("read",), level="public"),
    Row(EVERYBODY, "ledger", ("read",), level="public"),
    Row(EVERYBODY, "terms", ("read",), level="public"),
    Row(EVERYBODY, "claim", ("read",), level="public"),
    Row(EVERYBODY, "case", ("read", "list"), "audience", "public"),
    Row(EVERYBODY, "finding", ("read",), "audience", "public"),
    Row(EVERYBODY, "exhibit", ("read",), "audience", "public"),
    Row(EVERYBODY, "coverage", ("read",), "audience", "public"),
    # The watch: what the sensors say, and what they could not.
    Row((*INSIDE, "auditor"), "event", ("read",)),
    Row((*STAFF, "auditor"), "detection", ("read",)),
    Row((*STAFF, "auditor"), "look", ("read",)),
    Row((*STAFF, "auditor"), "coverage", ("read",)),
    Row(STAFF, "log", ("read", "write")),
    Row(("secretariat", "auditor"), "log", ("read",)),
    Row(STAFF, "handover", ("read",)),
    Row(("watch_officer",), "handover", ("write",)),
    # Patrols: where they are is the monitors' alone; where a mine lies is everybody's whose people may walk there.
    Row(("watch_officer",), "patrol", ("read", "write")),
    Row(("analyst", "auditor"), "patrol", ("read",)),
    Row((*STAFF, "auditor"), "position", ("read",)),
    Row(STAFF, "mine", ("write",)),
    Row(EVERYBODY, "mine", ("read",), "audience", "public"),
    # Stop it first: the hotline and its notices.
    Row(("watch_officer", "analyst", "secretariat"), "notice", ("read", "give")),
    Row(("watch_officer",), "notice", ("observe",)),
    Row(("liaison",), "notice", ("read", "acknowledge", "order", "call"), "own"),
    Row(("commissioner", "auditor"), "notice", ("read",)),
    # Cases.
    Row(INSIDE, "case", ("read", "list")),
    Row(("auditor",), "case", ("read", "list"), level="secret"),
    Row(("liaison",), "case", ("read", "list"), "own"),
    Row(("guarantor",), "case", ("read", "list"), "audience"),
    Row(("watch_officer", "analyst", "secretariat"), "case", ("open",)),
    Row(("liaison",), "case", ("complain", "self_report"), "own"),
    Row(("analyst",), "case", ("attribute", "test_exceptions", "assess"), states=OPEN),
    Row(("analyst", "secretariat"), "case", ("merge", "split", "reopen", "close")),
    Row(("analyst", "secretariat"), "case", ("approve",)),
    Row(("administrator", "secretariat"), "case", ("record_outage",)),
    Row((*INSIDE, "auditor"), "assessment", ("read",)),
    # Evidence.
    Row(STAFF, "exhibit", ("read", "add", "withdraw")),
    Row(("analyst",), "exhibit", ("read", "add", "withdraw"), level="secret"),
    Row(("commissioner",), "exhibit", ("read",), "audience", "secret"),
    Row(("commissioner", "secretariat"), "exhibit", ("read",)),
    Row(("auditor",), "exhibit", ("read",), level="secret"),
    Row(("liaison",), "exhibit", ("read",), "audience"),
    Row(("liaison",), "exhibit", ("add",), "own"),
    Row(("secretariat", "analyst"), "exhibit", ("release", "redact", "approve")),
    Row(("watch_officer", "analyst", "secretariat"), "exhibit", ("hand_on",), level="secret"),
    Row(("analyst",), "exhibit", ("grade",), level="secret"),
    # Hearing the accused.
    Row(("analyst", "secretariat"), "allegation", ("read", "ask")),
    Row(("analyst", "secretariat"), "allegation", ("approve",)),
    Row(("commissioner", "auditor"), "allegation", ("read",)),
    Row(("liaison",), "allegation", ("read",), "own"),
    Row(("liaison",), "reply", ("read", "write"), "own"),
    Row((*INSIDE, "auditor"), "reply", ("read",)),
    Row((*INSIDE,), "request", ("read", "ask")),
    Row(("liaison",), "request", ("read", "ask"), "own"),
    Row(("watch_officer", "secretariat"), "request", ("settle",)),
    # Deliberation.
    Row(("analyst", "commissioner", "secretariat"), "note", ("read", "write"), "audience"),
    Row(("commissioner",), "conflict", ("declare", "boycott", "return"), "own"),
    Row((*INSIDE, "auditor"), "conflict", ("read",)),
    Row(("commissioner",), "finding", ("propose", "determine"), states=OPEN),
    Row(("secretariat",), "finding", ("determine",), states=OPEN),
    Row(("analyst", "commissioner", "secretariat", "auditor"), "proposal", ("read",)),
    Row((*INSIDE, "auditor"), "finding", ("read",)),
    Row(("liaison", "guarantor"), "finding", ("read",), "audience"),
    Row(("commissioner",), "vote", ("cast",), "own", states=("voting",)),
    Row(("commissioner", "secretariat", "auditor"), "vote", ("read",)),
    Row(("secretariat", "analyst"), "finding", ("release", "approve")),
    Row(("commissioner", "secretariat"), "remedy", ("read", "ask")),
    Row(("watch_officer", "analyst", "secretariat"), "remedy", ("read", "verify")),
    Row(("liaison",), "remedy", ("read", "report"), "own"),
    Row(("auditor",), "remedy", ("read",)),
    # Commitments and meetings: what was said in public is everybody's; the rest is the state's own and the mission's.
    Row(EVERYBODY, "commitment", ("read",), level="public"),
    Row((*INSIDE, "auditor"), "commitment", ("read",)),
    Row(("guarantor",), "commitment", ("read", "write"), "own"),
    Row(("secretariat",), "commitment", ("write",)),
    Row(EVERYBODY, "meeting", ("read",), level="public"),
    Row(("secretariat",), "meeting", ("write",)),
    # The response. Who may declare a step, the terms say; a party sees what it is asked, and no board
    # unless the terms address it to the parties.
    Row((*INSIDE, "guarantor", "auditor"), "response", ("read",)),
    Row(("liaison",), "response", ("read",), "own"),
    Row(("liaison",), "response", ("read",), "audience"),
    Row(STAFF, "response", ("sign", "verify")),
    Row(("commissioner", "guarantor", "liaison"), "response", ("declare",), "own"),
    Row(("commissioner", "guarantor", "liaison"), "response", ("dispute",)),
    Row(("guarantor", "liaison"), "response", ("answer",), "own"),
    Row(("watch_officer", "secretariat", "administrator"), "response", ("stop",)),
    Row(("secretariat", "commissioner", "guarantor"), "response", ("consult",)),
    # Messages to people outside: who sees all and rings; each reads and acknowledges what came to the own office.
    Row(("watch_officer", "secretariat", "auditor", "administrator"), "dispatch", ("read",)),
    Row(("watch_officer", "secretariat"), "dispatch", ("send", "call")),
    Row(SIGNED_IN, "dispatch", ("read", "acknowledge"), "own"),
    # A drill is begun and ended by those who keep the watch.
    Row(("watch_officer", "secretariat"), "drill", ("begin", "end")),
    Row(("watch_officer", "secretariat", "auditor", "administrator"), "drill", ("read",)),
    # The house itself.
    Row(SIGNED_IN, "session", ("read", "begin", "end"), "own"),
    Row(SIGNED_IN, "token", ("make", "revoke", "list"), "own"),
    Row(SIGNED_IN, "account", ("secure",), "own"),
    Row(("administrator",), "account", ("read", "make", "change", "disable")),
    Row(("auditor", "administrator"), "access", ("read",)),
    Row(("auditor",), "account", ("read",)),
)
"""All of it."""


def check_table(rows: tuple[Row, ...] = TABLE) -> None:
    """Return if every word of the table is known.

    Raises:
        AssertionError: a row names an unknown role, level or scope; such a table must not start.
    """
    for row in rows:
        assert set(row.roles) <= set(ROLES), row
        assert row.level in LEVELS, row
        assert row.whose in WHOSE, row
        assert row.roles, row
        assert row.actions, row
