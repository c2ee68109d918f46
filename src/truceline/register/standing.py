# SPDX-License-Identifier: Apache-2.0
"""How one commitment stands after its postings: stages only go forward, unless an act says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from truceline.base.clock import iso
from truceline.errors import StateError
from truceline.model.commitment import ADVANCING, NONE, SUSPENDED, Commitment, Posting


@dataclass(frozen=True)
class Standing:
    """One commitment at one moment."""

    commitment: Commitment
    """What is promised, amendments included."""

    stage: str
    """Its stage, one of ``model.commitment.STAGES``."""

    since: datetime
    """Since when, UTC."""

    begun: datetime
    """When it was first said, UTC."""

    reached: str
    """The farthest stage it had: where a suspended one goes on, or how far a withdrawn one had come."""

    withdrawn: datetime | None = None
    """When it was withdrawn, UTC; None: it was not."""

    postings: tuple[Posting, ...] = ()
    """What it is the sum of, in the order in which it holds."""

    def promised(self, at: datetime) -> bool:
        """Return whether something is promised at a moment: not withdrawn, not suspended, period not over."""
        ended = self.commitment.ends is not None and self.commitment.ends <= at
        return self.stage not in (NONE, SUSPENDED) and self.withdrawn is None and not ended

    def word(self, at: datetime) -> str:
        """Return its stage as pages show it at a moment: withdrawn and lapsed are told before the stage."""
        if self.withdrawn is not None:
            return "withdrawn"
        if self.stage != NONE and self.commitment.ends is not None and self.commitment.ends <= at:
            return "period over"
        return self.stage


def advanced(before: Standing | None, posting: Posting) -> Standing:
    """Return how a commitment stands after one more posting.

    Raises:
        StateError: it cannot follow what came before, with what to mend.
    """
    if before is None:
        if posting.kind != "commitment":
            raise StateError(
                f"{posting.of}: {posting.kind} of {iso(posting.on)} comes before the commitment; mend one of the dates",
                record=posting.id,
            )
        made = Commitment.from_json(posting.data)
        return Standing(made, made.stage, posting.on, posting.on, made.stage, postings=(posting,))
    if before.withdrawn is not None:
        raise StateError(
            f"{posting.of} was withdrawn on {iso(before.withdrawn)}; what is promised anew is a new commitment",
            record=posting.id,
        )
    after = replace(before, postings=(*before.postings, posting))
    if posting.kind == "withdraw":
        return replace(after, withdrawn=posting.on)
    if posting.kind == "amend":
        changes = {key: value for key, value in posting.data.items() if key != "of"}
        changed = Commitment.from_json(before.commitment.to_json() | changes)
        return replace(after, commitment=changed)
    if posting.kind == "stage":
        return _staged(after, posting)
    raise StateError(f"{posting.of} stands in the register already", record=posting.id)


def _staged(before: Standing, posting: Posting) -> Standing:
    stage, name = str(posting.data["stage"]), posting.of
    if before.stage == NONE:
        raise StateError(f"{name} says that nothing is promised; withdraw it and post the promise", record=posting.id)
    if stage == SUSPENDED:
        if before.stage == SUSPENDED:
            raise StateError(f"{name} is suspended already", record=posting.id)
        return replace(before, stage=SUSPENDED, since=posting.on)
    rank, had = ADVANCING.index(stage), ADVANCING.index(before.reached)
    if rank < had:
        raise StateError(
            f"{name} would go back from {before.reached} to {stage} without an act that says so; "
            "withdraw or suspend it, or strike the posting that was wrong",
            record=posting.id,
        )
    if rank == had and before.stage != SUSPENDED:
        raise StateError(f"{name} is {stage} already", record=posting.id)
    return replace(before, stage=stage, since=posting.on, reached=stage)


def contradiction(first: Standing, second: Standing) -> str | None:
    """Return why two commitments of one state cannot both stand, and what to mend; None: they can."""
    if (first.stage == NONE) == (second.stage == NONE):
        return None
    none, promise = (first, second) if first.stage == NONE else (second, first)
    if none.commitment.kind not in (None, promise.commitment.kind):
        return None
    if none.commitment.step not in (None, promise.commitment.step):
        return None
    if _over(none, promise) or _over(promise, none):
        return None
    return (
        f"{none.commitment.id} says that {none.commitment.state} promises nothing to what "
        f"{promise.commitment.id} promises; withdraw the one that no longer holds, from when the other began"
    )


def _over(one: Standing, other: Standing) -> bool:
    """Whether one was over before the other began."""
    ends = [each for each in (one.withdrawn, one.commitment.ends) if each is not None]
    return bool(ends) and min(ends) <= max(other.begun, other.commitment.starts or other.begun)
