# SPDX-License-Identifier: Apache-2.0
"""People's accounts: who may change them, and what a change must look like. Each change is told to the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from truceline.access import Thing, decide
from truceline.access.check import owner_name
from truceline.errors import AccessError, Malformed, NotHere, NotSignedIn, StateError
from truceline.model.case import Actor
from truceline.services.people import people_of
from truceline.services.secrets import (
    STEP_S,
    Passwords,
    Vault,
    check_password,
    code_hash,
    new_codes,
    new_totp,
    totp_step,
    totp_uri,
)
from truceline.store.accounts import Account, AccountStore, change

CONSOLE = Actor("console", "administrator")
"""Who works at the machine itself; whoever can open the ledger's folder and its keys is there already."""

RESERVED = ("console", "public", "unknown", "more")
"""Names that mean something else in the ledger."""

RIGHTS = ("role", "of", "seat", "clearance", "aligned", "subject", "disabled")
"""What can be changed of an account."""


@dataclass(frozen=True)
class Enrolment:
    """A second factor as it is shown, once."""

    secret: str
    """Base32, for typing."""

    uri: str
    """For a QR code."""


class Accounts:
    """All accounts of one watch."""

    def __init__(
        self, path: Path, vault: Vault, now: Callable[[], datetime], watch: str, passwords: Passwords | None = None
    ) -> None:
        self.store = AccountStore(path)
        self.vault = vault
        self.now = now
        self.passwords = passwords or Passwords()
        self._watch = watch

    def begin(self) -> None:
        """Make the file of accounts and the key that seals second factors, if there are none."""
        self.vault.begin()
        self.store.file.create()

    def person(self, user: str) -> Actor:
        """Return who that is, with the rights of this moment.

        Raises:
            AccessError: nobody is called so, or the account is out of use.
            UnavailableError: the file of accounts cannot be used.
        """
        held = self.store.account(user)
        if held is None or held.disabled:
            raise AccessError(f"nobody here is called {user!r:.80}")
        return held.actor

    def of_subject(self, subject: str) -> Account:
        """Return the account of somebody whom the house's own provider vouches for.

        Raises:
            NotSignedIn: nobody here is called so by the provider, or the account is out of use.
        """
        held = self.store.by_subject(subject)
        if held is None or held.disabled:
            raise NotSignedIn("you have no account here; ask an administrator")
        return held

    def prove(self, user: str, code: str) -> bool:
        """Return whether a code is the user's second factor's of now, and use it up.

        Raises:
            AccessError: there is no such account, or it has no second factor.
            UnavailableError: the file of accounts, or its key, cannot be used.
        """
        held = self.store.account(user)
        if held is None or held.disabled or held.totp is None:
            raise AccessError(f"{user!r:.80} has no second factor to show who they are by")
        step = totp_step(self.vault.open(user, held.totp), code.strip(), self.now())
        return step is not None and self.store.spend_step(user, step)

    def listed(self, by: Actor) -> list[Account]:
        """Return all accounts.

        Raises:
            AccessError: they are not this person's to see.
        """
        _ask(by, "read", None)
        return self.store.accounts()

    def get(self, by: Actor, user: str) -> Account:
        """Return one account.

        Raises:
            AccessError: accounts are not this person's to see.
            NotHere: there is none of that name.
        """
        _ask(by, "read", None)
        return self._held(user)

    def add(self, by: Actor, entry: Mapping[str, Any], subject: str | None = None) -> Account:
        """Make an account from a person as ``people.yaml`` writes one; it has no password yet.

        Raises:
            AccessError: it is not this person's to do.
            Malformed: the entry is not of the form.
            StateError: there is an account of that name.
        """
        _ask(by, "make", None)
        made = Account(_actor(entry), subject=_subject(subject))
        self.store.put(made, change(by, "make", made.actor.user, self.now(), rights=_rights(made)), new=True)
        return made

    def alter(self, by: Actor, user: str, fields: Mapping[str, Any]) -> Account:
        """Change an account's rights, or put it out of use and back (:data:`RIGHTS`). It holds from the next request.

        Raises:
            AccessError: it is not this person's to do, or it is the person's own account.
            NotHere: there is none of that name.
            Malformed: the account would not be of the form.
        """
        _ask(by, "disable" if set(fields) == {"disabled"} else "change", None)
        if by.user == user:
            raise AccessError("nobody changes the rights of their own account", record=user)
        held = self._held(user)
        unknown = set(fields) - set(RIGHTS)
        if unknown:
            raise Malformed(f"{min(unknown)!r:.40} is nothing that can be changed: {', '.join(RIGHTS)}")
        entry = {**_rights(held), **{key: value for key, value in fields.items() if key not in ("subject", "disabled")}}
        entry = {key: value for key, value in entry.items() if value is not None and key not in ("subject", "disabled")}
        made = replace(
            held,
            actor=_actor({**entry, "user": user}),
            subject=_subject(fields.get("subject", held.subject)),
            disabled=bool(fields.get("disabled", held.disabled)),
        )
        told = change(by, "change", user, self.now(), rights=_rights(made))
        self.store.put(made, told, new=False)
        return made

    def bring(self, by: Actor, people: Mapping[str, Actor]) -> tuple[list[str], list[str]]:
        """Make an account for each person who has none. Returns the users made, and those that were there already."""
        _ask(by, "make", None)
        made, there = [], []
        for user, actor in people.items():
            if self.store.account(user) is not None:
                there.append(user)
                continue
            _free(user)
            account = Account(actor)
            self.store.put(account, change(by, "make", user, self.now(), rights=_rights(account)), new=True)
            made.append(user)
        return made, there

    def set_password(self, by: Actor, user: str, password: str, old: str | None = None) -> None:
        """Set a password; every session and known browser ends. Its owner shows the old one.

        Raises:
            AccessError: it is not this person's to do, or the old password is wrong.
            Malformed: the password is not good enough.
        """
        owned = by.user == user and by != CONSOLE
        _ask(by, "secure" if owned else "change", user)
        held = self._held(user)
        if not owned and by != CONSOLE:
            raise AccessError("an administrator who knew a password could act in another's name; use the console")
        if owned and not self.passwords.verify(held.password, old or ""):
            raise AccessError("the old password is not right", record=user)
        check_password(user, password)
        hashed = self.passwords.hash(password)
        self.store.set_password(user, hashed, change(by, "password", user, self.now()))

    def enrol(self, by: Actor, user: str) -> Enrolment:
        """Begin a second factor; it holds once its first code was shown (:meth:`confirm`).

        Raises:
            AccessError: it is not this person's to do.
            StateError: there is one; only the console replaces it, for a stolen session must not.
        """
        _ask(by, "change" if by == CONSOLE else "secure", user)
        held = self._held(user)
        if by != CONSOLE and held.totp is not None:
            raise StateError("there is a second factor already; the console replaces it", record=user)
        secret = new_totp()
        self.store.set_pending(user, self.vault.seal(user, secret))
        return Enrolment(secret, totp_uri(secret, user, self._watch))

    def confirm(self, by: Actor, user: str, code: str) -> list[str]:
        """Put the second factor in force and return its recovery codes, shown once; every session ends.

        Raises:
            AccessError: it is not this person's to do, or the code is not right.
            StateError: none was begun.
        """
        _ask(by, "change" if by == CONSOLE else "secure", user)
        held = self._held(user)
        if held.pending is None:
            raise StateError("no second factor was begun", record=user)
        step = totp_step(self.vault.open(user, held.pending), code, self.now())
        if step is None:
            raise AccessError("the code is not right", record=user)
        return self._enforce(by, held, step)

    def issue(self, by: Actor, user: str) -> tuple[Enrolment, list[str]]:
        """Put a new second factor in force at once, in place of any before; for the console, which hands it over."""
        made = self.enrol(by, user)
        # The step before last: the code on show now can still be used to sign in.
        step = int(self.now().timestamp()) // STEP_S - 2
        return made, self._enforce(by, self._held(user), step)

    def _enforce(self, by: Actor, held: Account, step: int) -> list[str]:
        user, codes = held.actor.user, new_codes()
        assert held.pending is not None, "begun before"
        hashes = [code_hash(user, each) for each in codes]
        self.store.set_totp(user, held.pending, step, hashes, change(by, "second factor", user, self.now()))
        return codes

    def _held(self, user: str) -> Account:
        held = self.store.account(user)
        if held is None:
            raise NotHere(f"there is no account {user!r:.80}")
        return held


def _ask(by: Actor, action: str, user: str | None) -> None:
    # One's own is nothing secret to oneself, whatever one is cleared for.
    thing = Thing("account") if action != "secure" else Thing("account", "public", frozenset({owner_name(user or "")}))
    if not decide(by, action, thing).allowed:
        raise AccessError(f"{by.user} ({by.role}) may not {action} account", record=user)


def _actor(entry: Mapping[str, Any]) -> Actor:
    found = people_of([entry], file="account")
    actor = next(iter(found.values()))
    _free(actor.user)
    return actor


def _free(user: str) -> None:
    if user in RESERVED:
        raise Malformed(f"the name {user} means something else in the ledger")


def _subject(subject: str | None) -> str | None:
    if subject is not None and not 1 <= len(subject) <= 255:
        raise Malformed("subject: 1 to 255 characters")
    return subject


def _rights(account: Account) -> dict[str, Any]:
    who = account.actor
    return {
        "role": who.role,
        "of": who.of,
        "seat": who.seat,
        "clearance": who.clearance,
        "aligned": list(who.aligned),
        "disabled": account.disabled,
    }
