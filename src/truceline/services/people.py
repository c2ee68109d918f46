# SPDX-License-Identifier: Apache-2.0
"""Who may act: the people a watch or an exercise names. Passwords are no part of this file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from truceline.errors import AccessError, Malformed
from truceline.model.case import LEVELS, MACHINE, ROLES, Actor

_USER = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_KEYS = {"user", "role", "of", "seat", "clearance", "aligned"}


def people_of(entries: Any, *, file: str) -> Mapping[str, Actor]:
    """Return the people listed, by user.

    Raises:
        Malformed: an entry is not of the form, a user stands twice, or a commissioner has no seat.
    """
    if not isinstance(entries, list) or not entries:
        raise Malformed("people: a list of people with user and role", file=file)
    found: dict[str, Actor] = {}
    for number, entry in enumerate(entries, 1):
        where = f"person {number}"
        if not isinstance(entry, Mapping) or not set(entry) <= _KEYS:
            raise Malformed(f"expected a map of {', '.join(sorted(_KEYS))}", file=file, record=where)
        user, role = entry.get("user"), entry.get("role")
        if not isinstance(user, str) or not _USER.fullmatch(user) or user == MACHINE.user:
            raise Malformed(f"user {user!r:.80}: small letters, digits, dots and dashes", file=file, record=where)
        if user in found:
            raise Malformed(f"the user {user} stands twice", file=file, record=where)
        if role not in ROLES:
            raise Malformed(f"role {role!r:.80}: one of {', '.join(ROLES)}", file=file, record=where)
        found[user] = _actor(entry, user, str(role), file, where)
    return found


def _actor(entry: Mapping[str, Any], user: str, role: str, file: str, where: str) -> Actor:
    of, seat = entry.get("of"), entry.get("seat")
    clearance = entry.get("clearance", "public" if role == "public" else "restricted")
    if clearance not in LEVELS:
        raise Malformed(f"clearance {clearance!r:.80}: one of {', '.join(LEVELS)}", file=file, record=where)
    if role == "commissioner" and not isinstance(seat, str):
        raise Malformed("a commissioner holds a seat", file=file, record=where)
    if role in ("liaison", "guarantor") and not isinstance(of, str):
        raise Malformed(f"a {role} serves a party or state: of", file=file, record=where)
    aligned = entry.get("aligned", [])
    if not isinstance(aligned, list):
        raise Malformed("aligned: a list of parties", file=file, record=where)
    return Actor(
        user,
        role,
        None if of is None else str(of),
        None if seat is None else str(seat),
        str(clearance),
        tuple(map(str, aligned)),
    )


def person(people: Mapping[str, Actor], user: str) -> Actor:
    """Return the person of that name.

    Raises:
        AccessError: nobody is called so here.
    """
    if user not in people:
        raise AccessError(f"nobody here is called {user!r:.80}")
    return people[user]
