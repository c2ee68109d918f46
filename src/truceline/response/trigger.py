# SPDX-License-Identifier: Apache-2.0
"""Is a step's trigger met? Yes, no, or cannot tell; by which signs; and how probably falsely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from truceline.model.ladder import SEVERITIES, STANDING, Breaches, EachOf, Trigger
from truceline.model.response import Sign


@dataclass(frozen=True)
class Verdict:
    """What signs make of a trigger."""

    met: bool | None
    """Whether it is met; None: cannot tell."""

    by: tuple[str, ...] = ()
    """Signs that meet it, or could, in the order they came."""

    falsely: tuple[float, float] | None = None
    """Least and greatest probability that it is met falsely: too few of its signs were breaches. None: cannot tell.

    No independence is assumed, for signs may share their errors.
    """


NOT_MET = Verdict(met=False)
"""Nothing meets it."""


def counts(sign: Sign) -> bool:
    """Return whether a sign can set anything off: it stands, and people or two independent sensors are behind it."""
    return sign.standing and sign.status in STANDING


def judge(
    trigger: Trigger | None, signs: Iterable[Sign], accused: Sequence[str], declared: Mapping[str, datetime]
) -> Verdict:
    """Return what signs make of a trigger.

    Args:
        trigger: the expression; None: the terms do not say, so nobody can tell.
        signs: everything that stands.
        accused: parties against whose breaches the step is foreseen; empty: any party's.
        declared: when each step was declared, UTC.
    """
    held = [sign for sign in signs if counts(sign)]
    if trigger is None:
        could = tuple(sign.id for sign in held if _party(sign, accused) is not False)
        return Verdict(None if could else False, could)
    if isinstance(trigger, Breaches):
        return _breaches(trigger, held, accused, declared)
    parts = [judge(part, held, accused, declared) for part in trigger.parts]
    return _each(parts) if isinstance(trigger, EachOf) else _either(parts)


def _each(parts: Sequence[Verdict]) -> Verdict:
    """All must hold: false if one part is."""
    answers = [part.met for part in parts]
    met = False if False in answers else None if None in answers else True
    told = [part.falsely for part in parts if part.falsely is not None]
    if met is not True or len(told) < len(parts):
        return Verdict(met, _names(parts)) if met is not False else NOT_MET
    falsely = (max(low for low, _ in told), min(1.0, sum(high for _, high in told)))
    return Verdict(met, _names(parts), falsely)


def _either(parts: Sequence[Verdict]) -> Verdict:
    """One must hold: false if all that are met are."""
    answers = [part.met for part in parts]
    met = True if True in answers else None if None in answers else False
    held = [part for part in parts if part.met is met and met is not False]
    told = [part.falsely for part in held if part.falsely is not None]
    falsely = None
    if met is True and len(told) == len(held):
        falsely = (max(0.0, sum(low for low, _ in told) - len(told) + 1), min(high for _, high in told))
    return Verdict(met, _names(held), falsely)


def _names(parts: Iterable[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.by))


def _breaches(
    atom: Breaches, signs: Sequence[Sign], accused: Sequence[str], declared: Mapping[str, datetime]
) -> Verdict:
    since = None
    if atom.after is not None:
        if atom.after not in declared:
            return NOT_MET
        since = declared[atom.after] + timedelta(hours=atom.after_hours)
    answers = [(sign, _fits(atom, sign, accused, since)) for sign in signs]
    sure = [sign for sign, answer in answers if answer is True]
    could = [sign for sign, answer in answers if answer is not False]
    surely = _crowd(sure, atom.within_hours, sure=True)
    if len(surely) >= atom.count:
        return Verdict(met=True, by=tuple(sign.id for sign in surely), falsely=falsely(surely, atom.count))
    perhaps = _crowd(could, atom.within_hours, sure=False)
    return Verdict(None, tuple(sign.id for sign in perhaps)) if len(perhaps) >= atom.count else NOT_MET


def _fits(atom: Breaches, sign: Sign, accused: Sequence[str], since: datetime | None) -> bool | None:
    """Whether a sign is one of those that a trigger asks for; None: what it would take is not known of it."""
    answers: list[bool | None] = [
        STANDING.index(sign.status) >= STANDING.index(atom.status),
        _party(sign, accused),
        _within(sign.acts, atom.acts),
        _within(sign.provisions or None, atom.provisions),
        _within(sign.zones, atom.zones),
    ]
    if atom.severity is not None:
        graded = None if sign.severity is None else SEVERITIES.index(sign.severity) >= SEVERITIES.index(atom.severity)
        answers.append(graded)
    if atom.probability is not None:
        low, high = sign.probability or (0.0, 1.0)
        answers.append(True if low >= atom.probability else None if high >= atom.probability else False)
    if since is not None:
        answers.append(True if sign.breach[0] >= since else None if sign.breach[1] >= since else False)
    return False if False in answers else None if None in answers else True


def _party(sign: Sign, accused: Sequence[str]) -> bool | None:
    if not accused:
        return True
    return None if sign.party is None else sign.party in accused


def _within(found: tuple[str, ...] | None, asked: tuple[str, ...]) -> bool | None:
    if not asked:
        return True
    return None if found is None else bool(set(found) & set(asked))


def _crowd(signs: Sequence[Sign], hours: float | None, *, sure: bool) -> Sequence[Sign]:
    """Return the most signs that lie within some stretch of so many hours: surely, or possibly."""
    if hours is None or len(signs) < 2:
        return signs
    length, most = timedelta(hours=hours), signs[:0]
    for anchor in signs:
        if sure:
            start = anchor.breach[0]
            inside = [s for s in signs if start <= s.breach[0] and s.breach[1] <= start + length]
        else:
            start = anchor.breach[1]
            inside = [s for s in signs if s.breach[1] >= start and s.breach[0] <= start + length]
        most = max(most, inside, key=len)
    return most if most or not sure else signs[:1]


def falsely(signs: Sequence[Sign], count: int) -> tuple[float, float] | None:
    """Return bounds on the probability that fewer than ``count`` of signs were breaches; None: one has none.

    They hold whatever the signs' errors have in common (B. Rüger, *Metrika* 25, 1978): of m events, at least k occur
    with a probability of at most the least, over r below k, of the sum of all but the r greatest over k - r.
    """
    told = [sign.probability for sign in signs if sign.probability is not None]
    if len(told) < len(signs):
        return None
    most_true = _at_least(count, [high for _, high in told])
    most_false = _at_least(len(told) - count + 1, [1 - low for low, _ in told])
    return max(0.0, 1 - most_true), most_false


def _at_least(k: int, shares: Sequence[float]) -> float:
    ordered = sorted(shares)
    return min([1.0, *(sum(ordered[: len(ordered) - r]) / (k - r) for r in range(k))])
