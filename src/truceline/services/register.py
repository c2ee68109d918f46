# SPDX-License-Identifier: Apache-2.0
"""The register in the ledger: whose it is to post is asked first, then whether it can follow, then it is logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from truceline.access import Thing, decide
from truceline.errors import AccessError
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
        self._append = append
        self._new = new

    def load(self, read: Callable[[str], list[tuple[int, dict[str, Any]]]]) -> None:
        """Take up what a ledger already holds.

        Raises:
            StateError: a posting there is not possible after those before it; such a ledger was not written by us.
        """
        held = sorted((index, body) for kind in _RECORDS for index, body in read(kind) if "posting" in body)
        self.register = self.register.take(Posting.from_body(body) for _, body in held)

    def enter(self, actor: Actor, at: datetime, drafts: Sequence[Draft], reason: str = "") -> list[tuple[int, Posting]]:
        """Post drafts, all or none: allowed, then possible, then in the ledger. Returns index and posting of each.

        Raises:
            AccessError: one is not this person's to post; the refusal itself is logged.
            StateError: one cannot follow what came before, with file and line; nothing is logged.
            Malformed: one names what is unknown, with file and line; nothing is logged.
            UnavailableError: the ledger cannot be written; nothing happened.
        """
        said = {str(draft.data["id"]): draft for draft in drafts if draft.kind == "commitment"}
        for draft in drafts:
            resource = RECORD_OF_POSTING[draft.kind]
            thing = Thing(resource, owners=self._owners(draft, said))
            if not decide(actor, "write", thing).allowed:
                name = str(draft.data.get("of", draft.data.get("id")))
                self._append([Decided(actor, "write", resource, name, allowed=False).record(at)])
                raise AccessError(f"{actor.user} ({actor.role}) may not write the {resource} {name:.64}")
        after, postings = enter(self.register, drafts, actor, at, lambda: self._new(at), reason)
        indices = self._append([posting.record() for posting in postings])
        self.register = after
        return list(zip(indices, postings, strict=True))

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

    def promises(self, at: datetime, known: datetime | None = None) -> Promises:
        """Return what each state promised to each step, for the response; a suspended promise is none now."""
        found: dict[str, dict[str, tuple[Promise, ...]]] = {}
        for each in self.register.as_of(at, known).standings.values():
            made = each.commitment
            if made.step is None or not (each.stage == NONE or each.promised(at)):
                continue
            stance = {NONE: "none", "awaiting parliament": "awaiting parliament"}.get(each.stage, "promised")
            steps = found.setdefault(made.state, {})
            promise = Promise(made.id, stance, made.starts or each.begun, each.withdrawn or made.ends)
            steps[made.step] = (*steps.get(made.step, ()), promise)
        return found


def may_read(actor: Actor, standing: Standing) -> bool:
    """Return whether a person may read a commitment."""
    made = standing.commitment
    return decide(actor, "read", Thing("commitment", made.level, frozenset({made.state}))).allowed
