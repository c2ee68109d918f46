# SPDX-License-Identifier: Apache-2.0
"""The commission's desk: one open ledger, its cases, its rules and its people. Pages and commands work at the same one.

The desk is the ledger's one writer. It asks its clock once per act; a clock that goes back stops it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from truceline.access import TABLE, decide
from truceline.access.table import OPEN
from truceline.base.bounded import read_text
from truceline.base.clock import iso
from truceline.base.ids import ulid
from truceline.base.yaml import MAX_CHARS, parse
from truceline.commission import Case, Rules, rules_of
from truceline.errors import (
    AccessError,
    ConfigError,
    KeyReused,
    Malformed,
    NotHere,
    Outdated,
    StateError,
    UnavailableError,
)
from truceline.flow import published
from truceline.flow.terms_files import read_terms_file
from truceline.flow.watchfile import Watch, read_watch
from truceline.model.agreement import Agreement
from truceline.model.case import Act, Actor
from truceline.model.record import Record
from truceline.model.response import Move
from truceline.response import ladder_of
from truceline.services.access_log import AccessLog, Decided
from truceline.services.accounts import Accounts
from truceline.services.acts import version
from truceline.services.board import version_of
from truceline.services.cases import Cases
from truceline.services.clock import Clock, Now, system_clock
from truceline.services.contacts import Secrets, contacts_of
from truceline.services.drill import Drill, guarded, origin_of, stamped
from truceline.services.feed import Feed, Feeds
from truceline.services.log import Logbook
from truceline.services.notify import Notifier
from truceline.services.people import people_of, person
from truceline.services.permits import for_own, permit_of
from truceline.services.posts import known_of
from truceline.services.register import Registry
from truceline.services.response import Responses
from truceline.services.secrets import Passwords, Vault
from truceline.services.signin import SignIn
from truceline.services.stop_first import give_notices
from truceline.services.views import may_see
from truceline.store import Store
from truceline.store.account_file import ACCOUNTS

PEOPLE = "people.yaml"
"""File of a watch's folder that lists who may act."""

OUT = published.OUT
"""Folder of a watch's folder where its results and its ledger are, unless said otherwise."""


class People:
    """Who may act: the accounts, and ``people.yaml`` only as long as there never were any."""

    def __init__(self, accounts: Accounts, listed: Mapping[str, Actor], *, begun: bool) -> None:
        """``begun``: whether the ledger tells of accounts, so that their file must be there."""
        self.accounts = accounts
        self.begun = begun
        self._listed = listed

    def person(self, user: str) -> Actor:
        """Return who that is (:meth:`Desk.person`)."""
        if self.begun or self.accounts.store.file.exists:
            return self.accounts.person(user)
        return person(self._listed, user)


@dataclass(frozen=True)
class Desk:
    """An open ledger with what the commission needs beside it."""

    watch: Watch
    """The watch whose ledger it is."""

    store: Store
    """The ledger; only under :attr:`lock`."""

    cases: Cases
    """All cases."""

    agreement: Agreement
    """What was agreed."""

    rules: Rules
    """The agreement's rules."""

    people: People
    """Who may act."""

    signin: SignIn
    """The way in over the network."""

    logbook: Logbook
    """The watch log; only under :attr:`lock`."""

    registry: Registry
    """Commitments and meetings; only under :attr:`lock`."""
    responses: Responses
    """The response to breaches; only under :attr:`lock`."""

    notifier: Notifier
    """Messages to people outside; only under :attr:`lock`, but for the sending itself."""

    now: Now
    """The time, UTC."""

    access: AccessLog
    """Decisions about access on their way into the ledger; only under :attr:`lock`."""

    drill: Drill | None = None
    """The drill that all of this is; None: it is real."""

    feeds: Feeds = field(default_factory=Feeds)
    """What each is told as it happens."""

    lock: RLock = field(default_factory=RLock)
    """Held while the ledger is written or read."""

    def person(self, user: str) -> Actor:
        """Return who that is, with the rights of this moment.

        Raises:
            AccessError: nobody is called so here, or the account is out of use.
            UnavailableError: the file of accounts cannot be used.
        """
        return self.people.person(user)

    @property
    def accounts(self) -> Accounts:
        """People's accounts."""
        return self.people.accounts

    def case(self, actor: Actor, name: str) -> Case:
        """Return a case that a person may know of.

        Raises:
            NotHere: there is none, or it is not theirs to know; nobody can tell which.
        """
        with self.lock:
            found = self.cases.find(name)
            if found is None or not may_see(found, actor):
                self.log(actor, "read", "case", name, allowed=False)
                raise NotHere(f"there is no case {name:.40} that {actor.user} may see")
            return found

    def seen(self, actor: Actor) -> list[Case]:
        """Return the cases a person may know of, in the order they were opened."""
        with self.lock:
            return [case for case in self.cases if may_see(case, actor)]

    def feed(self, actor: Actor) -> Feed:
        """Return what a person is told as it happens, up to the newest record."""
        with self.lock:
            return self.feeds.of(actor, self.cases.journal, self.rules, self.responses, self.registry)

    def version(self, case: Case, actor: Actor) -> int | None:
        """Return the ledger index of the newest act of a case that a person may read; None: none."""
        with self.lock:
            return version(case, self.cases.acts(case.id), actor, self.rules)

    def act(
        self,
        actor: Actor,
        kind: str,
        case: str | None,
        reason: str,
        data: Mapping[str, Any],
        *,
        key: str | None = None,
        seen: int | None = None,
    ) -> tuple[int, Act, Case]:
        """Do one act now: allowed, then possible, then in the ledger. Returns its index, the act, the case after it.

        ``key`` makes it safe to ask again: the same person's same request under the same key is done once, and answered
        as it was. ``seen`` is the :meth:`version` the person acts upon; None: whatever it is.

        Raises:
            NotHere: there is no such case that the person may know of.
            KeyReused: the key stands for another request.
            Outdated: something happened in the case that the person may read and had not seen.
            AccessError: it is not this person's to do; the refusal is logged.
            StateError: it is not possible now.
            Malformed: its data do not have the form.
            UnavailableError: the ledger cannot be written, or the clock went back; nothing happened.
        """
        data = for_own(actor, kind, data)
        with self.lock:
            self.carry()
            before = None if key is None else self.cases.under(actor.user, key)
            if before is not None:
                self._still(actor, before[1])
                return _repeated(before, kind, case, reason, data)
            at = self.now()
            name = new_id(at)
            done = Act(name, case or name, kind, actor, at, reason, data, key)
            if case is not None and not self._by_office(done):
                self.case(actor, case)
            self.cases.ask(done)
            if seen is not None and case is not None and self.version(self.cases.case(case), actor) != seen:
                raise Outdated(f"the case has changed since record {seen}; look at it again")
            index, after = self.cases.do(done)
            if kind in ("open", "evidence") and give_notices(self.cases, at, new_id):
                after = self.cases.case(done.case)
            self.responses.refresh(self.cases, at)
            return index, done, after

    def move(
        self,
        actor: Actor,
        kind: str,
        reason: str,
        data: Mapping[str, Any],
        *,
        key: str | None = None,
        seen: int | None = None,
    ) -> tuple[int, Move]:
        """Make one move in the response now; returns its index and the move. ``key`` and ``seen`` as of :meth:`act`.

        Raises:
            KeyReused: the key stands for another request.
            Outdated: something happened in the response that the person may see and had not seen.
            AccessError: it is not this person's to do; the refusal is logged.
            StateError: it is not possible now.
            Malformed: its data do not have the form.
            UnavailableError: the ledger cannot be written, or the clock went back; nothing happened.
        """
        with self.lock:
            self.carry()
            at = self.now()
            self.responses.ask(actor, kind, at, data)
            before = None if key is None else self.responses.under(actor.user, key)
            if before is not None:
                return _made(before, kind, reason, data)
            if seen is not None and version_of(self.responses, actor) != seen:
                raise Outdated(f"the response has changed since record {seen}; look at it again")
            return self.responses.do(actor, kind, at, reason, data, self.cases, key)

    def _still(self, actor: Actor, done: Act) -> None:
        """Return if an act done before would be the person's to do with the rights of now, whatever the case's state.

        Raises:
            NotHere: the case is not theirs to know of any more.
            AccessError: the act is not theirs any more; both are logged.
        """
        again = replace(done, by=actor)
        if not self._by_office(again):
            self.case(actor, done.case)
        action, thing = permit_of(again, None)
        if not any(decide(actor, action, replace(thing, state=state)).allowed for state in (None, *OPEN)):
            self.log(actor, action, thing.resource, done.case, allowed=False)
            raise AccessError(f"{actor.user} ({actor.role}) may not {action} {thing.resource}", record=done.case)

    def _by_office(self, act: Act) -> bool:
        """Whether the act is the person's on any case at all, also on one the person may not read."""
        held = self.cases.find(act.case)
        if held is None:
            return False
        row = decide(act.by, *permit_of(act, held)).row
        return row is not None and TABLE[row].whose == "any"

    def publish(self) -> None:
        """Bring the ledger's public files up to its newest record.

        Raises:
            UnavailableError: they cannot be written; what was appended is safe all the same.
        """
        with self.lock:
            with suppress(UnavailableError):  # who cannot use accounts is told so at sign-in; the ledger goes on
                self.carry()
            self.access.flush(self.now())
            self.store.publish()

    def carry(self) -> None:
        """Bring changes of accounts, also those made at the console meanwhile, into the ledger.

        Raises:
            UnavailableError: the file of accounts, or the ledger, cannot be used.
        """
        if self.accounts.store.file.exists and self.drill is None:  # a drill's ledger is no place for them
            with self.lock:
                waiting = self.accounts.store.waiting()
                if waiting:
                    self.store.append([Record("account", body) for _, body in waiting])
                    self.accounts.store.carried(waiting[-1][0])
                    self.people.begun = True

    def log(self, actor: Actor, action: str, resource: str, name: str, *, allowed: bool) -> None:
        """Log a decision about access, before what was asked for is given.

        Raises:
            UnavailableError: the ledger cannot be written; then nothing may be given either.
        """
        with self.lock:
            self.access.note(Decided(actor, action, resource, name, allowed), self.now())


def _repeated(
    before: tuple[int, Act, Case], kind: str, case: str | None, reason: str, data: Mapping[str, Any]
) -> tuple[int, Act, Case]:
    _, act, _ = before
    asked = (kind, act.id if case is None else case, reason, dict(data))
    if asked != (act.kind, act.case, act.reason, dict(act.data)):
        raise KeyReused("this Idempotency-Key stands for another request", record=act.id)
    return before


def _made(before: tuple[int, Move], kind: str, reason: str, data: Mapping[str, Any]) -> tuple[int, Move]:
    _, move = before
    held = {name: value for name, value in move.data.items() if name != "asked"}
    if move.kind == "sign":  # the rest of it is the case's own
        held = {name: held["sign" if name == "case" else name] for name in data}
    if (kind, reason, dict(data)) != (move.kind, move.reason, held):
        raise KeyReused("this Idempotency-Key stands for another request", record=move.id)
    return before


@contextmanager
def open_desk(
    folder: Path,
    *,
    keys: Path,
    out: Path | None = None,
    clock: Clock = system_clock,
    passwords: Passwords | None = None,
    drill: Drill | None = None,
) -> Iterator[Desk]:
    """Open the ledger of a watch's folder (``out``: where it is, by default ``folder/out``) and close it at the end.

    With a drill it is the drill's ledger, and nothing else.

    Raises:
        ConfigError: the watch has no terms.
        InputError: a file cannot be read.
        StateError: another process writes to the ledger.
        TrustError: the ledger does not verify.
    """
    what = read_watch(folder, runs=False)
    if what.terms is None:
        raise ConfigError("a commission needs terms; this watch has none", file=str(folder))
    agreement = read_terms_file(what.terms).agreement
    origin = origin_of(what.id, drill)
    where = (out or folder / OUT) if drill is None else drill.folder / OUT
    listed = read_people(folder / PEOPLE) if (folder / PEOPLE).is_file() else {}
    with Store.open(where, keys=keys, origin=origin) as store:
        read = guarded(store.read, drill)
        now = Now(clock, time.monotonic if clock is system_clock else None)
        accounts = accounts_of(folder, what.id, keys=keys, now=now, passwords=passwords)
        people = People(accounts, listed, begun=bool(read("account")))
        desk = _assembled(what, store, agreement, accounts, people, now, keys, drill)
        outbox, moves = desk.notifier.outbox, desk.responses.situation
        newest = (
            *(c.now for c in desk.cases),
            desk.logbook.book.now,
            desk.registry.register.now,
            moves.now,
            outbox.now,
        )
        for used in [moment for moment in newest if moment is not None]:
            now.reached(used)
        with suppress(UnavailableError):  # then nobody signs in, and each who tries is told why
            now.reached(accounts.store.latest())
        try:
            yield desk
        finally:
            with desk.lock, suppress(UnavailableError, StateError):
                desk.carry()
                desk.access.flush(now(), all_of_it=True)
            accounts.store.file.close()


def _assembled(
    what: Watch,
    store: Store,
    agreement: Agreement,
    accounts: Accounts,
    people: People,
    now: Now,
    keys: Path,
    drill: Drill | None,
) -> Desk:
    """Everything that stands on a ledger, as it stands after its last record."""
    append, read, rules = stamped(store.append, drill), guarded(store.read, drill), rules_of(agreement)
    access = AccessLog(append)
    cases = Cases(rules, append, access.note)
    cases.load(read)
    logbook = Logbook(known_of(what.folder, what.line, agreement), append, new_id, access.note)
    logbook.load(read)
    registry = Registry(append, new_id)
    registry.load(read)
    promised = (registry.promises, registry.restricted)
    responses = Responses(ladder_of(agreement), rules, append, new_id, access.note, *promised)
    responses.drill = None if drill is None else {"since": iso(drill.since), "name": drill.name}
    responses.load(read)
    mark = None if drill is None else drill.id
    contacts, secrets = contacts_of(what.folder), Secrets(keys)
    notifier = Notifier(contacts, secrets, append, people.person, what.title, rules, mark)
    notifier.load(read)
    signin = SignIn(accounts)
    return Desk(
        *(what, store, cases, agreement, rules, people, signin, logbook, registry, responses, notifier, now, access),
        drill=drill,
    )


def person_here(folder: Path, user: str, *, keys: Path) -> Actor:
    """Return who that is without opening the ledger, which somebody else may be writing.

    Raises:
        AccessError: nobody is called so.
        InputError: the watch, or its list of people, cannot be read.
    """
    accounts = accounts_of(folder, read_watch(folder, runs=False).id, keys=keys, now=Now(system_clock))
    try:
        listed = read_people(folder / PEOPLE) if (folder / PEOPLE).is_file() else {}
        return People(accounts, listed, begun=False).person(user)
    finally:
        accounts.store.file.close()


def new_id(at: datetime) -> str:
    """Return a new ULID for something done at a moment."""
    return ulid(at, os.urandom(10))


def accounts_of(folder: Path, watch: str, *, keys: Path, now: Now, passwords: Passwords | None = None) -> Accounts:
    """Return the accounts of a watch's folder, which need not be there yet."""
    return Accounts(folder / ACCOUNTS, Vault(keys, f"truceline/{watch}"), now, watch, passwords)


def read_people(path: Path) -> Mapping[str, Actor]:
    """Return the people a file lists, by user.

    Raises:
        InputError: it cannot be read, or is not of the form.
    """
    document = parse(read_text(path, limit=MAX_CHARS), file=str(path)).to_json()
    if not isinstance(document, dict) or set(document) != {"people"}:
        raise Malformed("expected one key, people", file=str(path))
    return people_of(document["people"], file=str(path))
