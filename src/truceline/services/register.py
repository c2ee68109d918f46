# SPDX-License-Identifier: Apache-2.0
"""The register in the ledger: whose it is to post is asked first, then whether it can follow, then it is logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from truceline.access import Thing, decide
from truceline.base.canonical import canonical
from truceline.base.clock import iso
from truceline.errors import AccessError, KeyReused
from truceline.model.case import Actor
from truceline.model.commitment import NONE, RECORD_OF_POSTING, Posting
from truceline.model.response import Promise, Promises
from truceline.register import Register, Standing, View
from truceline.register.read import Draft, enter
from truceline.services.access_log import Append, Decided

_RECORDS = tuple(dict.fromkeys(RECORD_OF_POSTING.values()))


class Registry:
    """The register of one watch, as it stands after the ledger's last record."""

    def __init__(self, append: Append, new: Callable[[datetime], str]) -> None:
        """Begin an empty register.

        Args:
            append: the ledger's door.
            new: makes the id of a posting of a moment.
        """
        self.register = Register()
        self.indices: dict[str, int] = {}
        self._append = append
        self._new = new
        self._entered: list[tuple[int, Posting]] = []
        self._keyed: dict[tuple[str, str], list[tuple[int, Posting]]] = {}
        self._promised: _Promised | None = None

    def load(self, read: Callable[[str], list[tuple[int, dict[str, Any]]]]) -> None:
        """Take up what a ledger already holds.

        Raises:
            StateError: a posting there is not possible after those before it; such a ledger was not written by us.
        """
        held = sorted((index, body) for kind in _RECORDS for index, body in read(kind) if "posting" in body)
        many = [(index, Posting.from_body(body)) for index, body in held]
        self._keep(self.register.take(posting for _, posting in many), many)

    def _keep(self, after: Register, made: Sequence[tuple[int, Posting]]) -> None:
        self.register, self._promised = after, None
        self.indices |= {posting.id: index for index, posting in made}
        self._entered += made
        for index, posting in made:
            if posting.key is not None:
                self._keyed.setdefault((posting.by.user, posting.key), []).append((index, posting))

    def enter(
        self, actor: Actor, at: datetime, drafts: Sequence[Draft], reason: str = "", key: str | None = None
    ) -> list[tuple[int, Posting]]:
        """Post drafts, all or none: allowed, then possible, then in the ledger. Returns index and posting of each.

        ``key`` makes it safe to ask again: the same person's same request under it is done once, answered as it was.

        Raises:
            KeyReused: the key stands for another request.
            AccessError: one is not this person's to post; the refusal itself is logged.
            StateError: one cannot follow what came before, with file and line; nothing is logged.
            Malformed: one names what is unknown, with file and line; nothing is logged.
            UnavailableError: the ledger cannot be written; nothing happened.
        """
        self.ask(actor, at, drafts)
        before = self.under(actor.user, key)
        if before:
            return _repeated(before, drafts, reason)
        after, postings = enter(self.register, drafts, actor, at, lambda: self._new(at), reason, key)
        indices = self._append([posting.record() for posting in postings])
        done = list(zip(indices, postings, strict=True))
        self._keep(after, done)
        return done

    def journal(self, start: int = 0) -> list[tuple[int, Posting]]:
        """Return all postings from the n-th on, in their order, with their ledger indices."""
        return self._entered[start:]

    def under(self, user: str, key: str | None) -> list[tuple[int, Posting]]:
        """Return what a person posted under an idempotency key, with its indices."""
        return [] if key is None else self._keyed.get((user, key), [])

    def ask(self, actor: Actor, at: datetime, drafts: Sequence[Draft]) -> None:
        """Return if all drafts are a person's to post.

        Raises:
            AccessError: one is not; the refusal itself is logged.
        """
        said = {str(draft.data["id"]): draft for draft in drafts if draft.kind == "commitment"}
        for draft in drafts:
            resource = RECORD_OF_POSTING[draft.kind]
            thing = Thing(resource, owners=self._owners(draft, said))
            if not decide(actor, "write", thing).allowed:
                name = str(draft.data.get("of", draft.data.get("id")))
                self._append([Decided(actor, "write", resource, name, allowed=False).record(at)])
                raise AccessError(f"{actor.user} ({actor.role}) may not write the {resource} {name:.64}")

    def _owners(self, draft: Draft, said: Mapping[str, Draft]) -> frozenset[str]:
        """The state whose promise it is; a state's own seat, and a meeting, are nobody's."""
        if draft.kind == "commitment":
            return frozenset({str(draft.data["state"])})
        name = str(draft.data.get("of", ""))
        if draft.kind == "strike":
            name = self.register.ids.get(name, "")
        standing = self.register.standing(name) if name in self.register.things else None
        if standing is not None:
            return frozenset({standing.commitment.state})
        return frozenset({str(said[name].data["state"])}) if name in said else frozenset()

    def view(self, actor: Actor, on: datetime, known: datetime | None = None) -> View:
        """Return the register as of a moment as far as a person may read it; what is withheld is counted."""
        view = self.register.as_of(on, known)
        shown = {name: each for name, each in view.standings.items() if may_read(actor, each)}
        hidden = [each.commitment.state for name, each in view.standings.items() if name not in shown]
        meetings = {
            name: replace(
                meeting,
                outcomes=tuple(
                    replace(each, commitments=tuple(n for n in each.commitments if n in shown))
                    for each in meeting.outcomes
                ),
            )
            for name, meeting in view.meetings.items()
        }
        return replace(view, standings=shown, meetings=meetings, withheld=tuple(sorted(hidden)))

    def version(self, view: View) -> int | None:
        """Return the ledger index of the newest posting about what a view shows; None: it shows nothing.

        It says whether what somebody may read has changed; about anything else it tells nothing.
        """
        names = (*view.states, *view.standings, *view.meetings)
        return max(
            (self.indices[each.id] for name in names for each in self.register.things[name] if each.id in self.indices),
            default=None,
        )

    def promises(self, at: datetime) -> Promises:
        """Return what each state promised to each step, for the response; a suspended promise is none now."""
        return self._as_of(at).promises

    def restricted(self, at: datetime) -> Mapping[str, str]:
        """Return the state of each commitment to a step that not everybody may read, by its id."""
        return self._as_of(at).restricted

    def _as_of(self, at: datetime) -> _Promised:
        """What holds at a moment; kept until the next moment at which anything in the register changes by itself."""
        held = self._promised
        if held is None or not held.since <= at < held.until:
            held = self._promised = _promised(self.register, at)
        return held


@dataclass(frozen=True)
class _Promised:
    """What was promised over a stretch of time in which nothing of it changes."""

    since: datetime
    until: datetime
    promises: Promises
    restricted: Mapping[str, str]


def _promised(register: Register, at: datetime) -> _Promised:
    found: dict[str, dict[str, list[Promise]]] = {}
    restricted: dict[str, str] = {}
    later = [each.on for each in register.history() if each.on > at]
    for each in register.as_of(at).standings.values():
        made = each.commitment
        later += [moment for moment in (made.starts, made.ends) if moment is not None and moment > at]
        gone = each.withdrawn is not None  # a signature withdrawn is told, and counts for nothing
        if made.step is None or not (gone or each.stage == NONE or each.promised(at)):
            continue
        stance = {NONE: "none", "awaiting parliament": "awaiting parliament"}.get(each.stage, "promised")
        promise = Promise(made.id, stance, made.starts or each.begun, each.withdrawn or made.ends)
        found.setdefault(made.state, {}).setdefault(made.step, []).append(promise)
        if made.level != "public":
            restricted[made.id] = made.state
    promises = {state: {step: tuple(many) for step, many in steps.items()} for state, steps in found.items()}
    return _Promised(at, min(later, default=_NEVER), promises, restricted)


_NEVER = datetime.max.replace(tzinfo=UTC)


def _repeated(before: list[tuple[int, Posting]], drafts: Sequence[Draft], reason: str) -> list[tuple[int, Posting]]:
    """What was posted under a key, where the same is asked again."""
    held = [canonical([p.kind, iso(p.on), p.reason, dict(p.data)]) for _, p in before]
    asked = [canonical([d.kind, iso(d.on), reason or d.reason, dict(d.data)]) for d in drafts]
    if sorted(held) != sorted(asked):
        raise KeyReused("this Idempotency-Key stands for another request", record=before[0][1].id)
    return before


def may_read(actor: Actor, standing: Standing) -> bool:
    """Return whether a person may read a commitment."""
    made = standing.commitment
    return decide(actor, "read", Thing("commitment", made.level, frozenset({made.state}))).allowed
