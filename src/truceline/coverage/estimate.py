# SPDX-License-Identifier: Apache-2.0
"""How many acts are compatible with what was seen: an interval, or *cannot tell*.

A Monte-Carlo posterior (docs/explanation/estimates.md):

1. each event seen is an act with its own probability: W = sum of Bernoulli(p_i); where the thermal model states a
   90 % band, all p_i move together in it, since what it may have wrong (how common acts are) is common to them;
2. the chance s that one act was seen is not known: draws of it come from :mod:`truceline.coverage.chance`; where only
   its least, best and greatest values are known it lies about the best one, log-normal, each side its own width;
3. the expected number of acts has Jeffreys' prior for a Poisson mean: Lambda given W is Gamma(W + 1/2) / s
   (Jeffreys 1961);
4. acts not seen are Poisson(Lambda * (1 - s)); the number of acts is W plus those. Acts that come in bursts of b are
   counted by bursts in 3 and 4: the mean stays, the variance grows b-fold (quasi-likelihood, Wedderburn 1974).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.special import expit, logit

from truceline.base.clock import Times
from truceline.base.geo import EARTH_KM, Floats, on_sphere
from truceline.model.watching import Estimate, ReferenceAct

DRAWS = 40_000
"""Monte-Carlo draws: the ends of the interval then move by about 1 % between seeds."""

LEVEL = 0.90
"""Level of the interval."""

WIDE = 0.99
"""Level of the wide interval: what lies outside it contradicts what was seen. Of true claims one in ten lies outside
the 90 % interval, which is too many to call inconsistent."""

BURST_KM, BURST_S = 5.0, 3_600.0
"""How near in place and time events are taken to happen together."""

_Z95 = 1.6448536269514722
"""95 % point of the standard normal law."""

NEAR_LINE_MOST = 0.95
"""Upper end of the 90 % band of P(act of war) near the line. The thermal model is place-blind: near a line of contact
in war some five fires in six were acts of war (docs/explanation/thermal.md), after entry into force perhaps none."""

NEAR_LINE_REASON = "near the line nearly any fire may be an act of war, so the band reaches up to 95 %"
"""What is added to such an event's reasons."""

ASSUMPTIONS = (
    (
        "Each event seen is an act of war with the probability that the thermal model gives it. That model does not "
        "know where the line is, so all of them may be too low or too high together: the upper end allows nearly "
        "every unmasked fire near the line to be one."
    ),
    (
        "Acts are counted in units of the reference act: {act}. Weaker or shorter acts are seen more rarely, so their "
        "number may be far larger; acts without heat are not counted at all."
    ),
    "Acts happen in covered and uncovered hours, sectors and sides alike: coverage is the mean over all of them.",
    (
        "Acts seen within {km:g} km and {hours:g} h of each other count as one burst ({burst:.2g} on average); bursts "
        "farther apart are independent."
    ),
    (
        "The chance that an act was seen lies, with nine chances in ten, between {low} and {high} (median {mid}): a "
        "table states the mean cloud of a day and a region, not the sky over these places at those minutes; clouds may "
        "be thin; acts may be more or less easy to see than the reference act."
    ),
    (
        "Before looking, every number of acts is weighed by Jeffreys' rule for counts; nothing is taken from the days "
        "around the truce."
    ),
)

LISTED = (
    "Coverage lies, with nine chances in ten, between its values under the least and the most favourable cloud "
    "assumption ({low} and {high}; best value {mid})."
)
"""What stands in place of the last but one where no draws of the chance were made."""


class Covered(Protocol):
    """What an estimate asks of coverage."""

    @property
    def act(self) -> ReferenceAct:
        """The act it speaks of."""

    @property
    def share(self) -> float:
        """Its best value."""

    @property
    def low(self) -> float:
        """Under the least favourable cloud assumption."""

    @property
    def high(self) -> float:
        """Under the most favourable one."""


@dataclass(frozen=True)
class Words:
    """How an estimate speaks of what it counts and where."""

    acts: str = "acts of war"
    """What is counted."""

    place: str = "within {km:g} km of the line"
    """Of which place."""

    near: str = "near the line"
    """The same where it is short."""

    when: str = "in the truce"
    """Of which period."""

    unit: str = ""
    """What one of them is counted as; empty: the reference act near the line."""


def estimate(
    p_war: Floats,
    coverage: Covered,
    floor: float,
    *,
    seed: int,
    band: tuple[Floats, Floats] | None = None,
    chances: Floats | None = None,
    burst: float = 1.0,
    words: Words | None = None,
) -> Estimate:
    """Return how many acts, in units of the reference act, are compatible with what was seen.

    Args:
        p_war: (k,) probability of being such an act of each event seen in the place and period.
        coverage: what could have been seen; its ``share``, ``low``, ``high`` and ``act`` are used.
        floor: least coverage, 0 to 1, at which a number may be stated; the terms give it.
        seed: of the Monte-Carlo draws. Same inputs and seed, same numbers.
        band: lower and upper ends (k,) of the 90 % band of each ``p_war``; None where no doubt of it is stated.
        chances: draws of the chance that an act was seen; None: it lies between coverage's ``low`` and ``high``.
        burst: mean number of acts seen together.
        words: how to speak of what is counted.
    """
    p_war = np.asarray(p_war, dtype=np.float64)
    act, said = coverage.act, words or Words()
    counted = said.unit or act.text()
    reason = _why_not(coverage, floor, said, drawn=chances is not None)
    low = mid = high = wide = None
    if not reason:
        shares = (coverage.low, coverage.share, coverage.high) if chances is None else chances
        draws = DRAWS if chances is None else len(chances)
        drawn = _draws(p_war, shares, seed=seed, draws=draws, band=band, burst=burst)
        low, mid, high = _ends(drawn, LEVEL)
        wide = _ends(drawn, WIDE)[::2]
        reason = _sentence(len(p_war), coverage.share, counted, low, high)
    where = f"{said.place.replace('{km:g}', f'{act.within_km:g}')} {said.when}"
    return Estimate(
        low=low,
        mid=mid,
        high=high,
        cannot_tell=low is None,
        reason=reason,
        unit=f"{said.acts} {where}, each counted as {counted}",
        seen=len(p_war),
        seen_weighted=round(float(p_war.sum()), 2),
        assumptions=_assumptions(coverage, chances, burst, counted),
        wide=wide,
    )


def _assumptions(coverage: Covered, chances: Floats | None, burst: float, counted: str) -> tuple[str, ...]:
    """One sentence each."""
    texts = list(ASSUMPTIONS)
    least, best, greatest = coverage.low, coverage.share, coverage.high
    if chances is None:
        texts[4] = LISTED
    elif len(chances):
        least, best, greatest = (float(end) for end in np.quantile(chances, [0.05, 0.5, 0.95]))
    shares = {"low": _percent(least), "mid": _percent(best), "high": _percent(greatest)}
    bursting = {"km": BURST_KM, "hours": BURST_S / 3_600, "burst": max(burst, 1.0)}
    return tuple(text.format(act=counted, **shares, **bursting) for text in texts)


def interval(
    p_war: Floats,
    shares: tuple[float, float, float] | Floats,
    *,
    seed: int,
    draws: int = DRAWS,
    band: tuple[Floats, Floats] | None = None,
    burst: float = 1.0,
    level: float = LEVEL,
) -> tuple[float, float, float]:
    """Return the lower end, the middle and the upper end of the interval of the number of acts, whole numbers.

    Args:
        p_war: (k,) probability of each event seen.
        shares: the chance that an act was seen: draws of it (``draws``,), or its least, best and greatest value,
            0 < least <= best <= greatest <= 1, which then lie about the best one log-normally.
        seed: of the draws.
        draws: how many.
        band: lower and upper ends (k,) of the 90 % band of each probability.
        burst: mean number of acts that happen together, where seeing one goes with seeing the others; 1 or more.
        level: of the interval, 0 to 1.
    """
    return _ends(_draws(p_war, shares, seed=seed, draws=draws, band=band, burst=burst), level)


def _draws(
    p_war: Floats,
    shares: tuple[float, float, float] | Floats,
    *,
    seed: int,
    draws: int,
    band: tuple[Floats, Floats] | None,
    burst: float,
) -> Floats:
    """Draws (draws,) of the number of acts."""
    rng = np.random.default_rng(seed)
    share = np.asarray(_log_normal(rng, *shares, draws) if isinstance(shares, tuple) else shares)
    seen = _acts_seen(rng, np.asarray(p_war, dtype=np.float64), band, draws)
    bursts = max(burst, 1.0)
    expected = bursts * rng.standard_gamma((seen + 0.5) / bursts) / share
    # NumPy's Poisson law ends at 9.2e18; coverage so small never gets here, but a stated floor of zero might ask it.
    unseen = bursts * rng.poisson(np.minimum(expected * (1 - share) / bursts, 1e15))
    return np.asarray(seen + unseen)


def _ends(counts: Floats, level: float) -> tuple[float, float, float]:
    ends = np.quantile(counts, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return float(np.floor(ends[0])), float(np.round(ends[1])), float(np.ceil(ends[2]))


def _log_normal(rng: np.random.Generator, least: float, best: float, greatest: float, draws: int) -> Floats:
    """Draws (draws,) about the best value, nine in ten between the others, each side its own width."""
    z = rng.standard_normal(draws)
    spread = np.array([np.log(best / least), np.log(greatest / best)]) / _Z95
    return np.asarray(np.minimum(best * np.exp(z * spread[(z >= 0).astype(np.int64)]), 1.0))


def bursts(lon: Floats, lat: Floats, time: Times, weights: Floats) -> float:
    """Return the mean number of acts seen together: within ``BURST_KM`` and ``BURST_S`` of each other, by chains.

    Each of the ``weights`` (n,) counts for one event: sum of m^2 over sum of m, where a burst has m of them.
    """
    if len(weights) < 2 or weights.sum() <= 0:
        return 1.0
    # One unit of each axis is as far as two events of a burst may lie apart.
    place = on_sphere(lon, lat) * (EARTH_KM / BURST_KM)
    moment = time.astype("datetime64[us]").astype(np.int64) / 1e6 / BURST_S
    pairs = cKDTree(np.column_stack([place, moment])).query_pairs(1.0, p=2, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(weights),) * 2)
    _, label = connected_components(links, directed=False)
    sizes = np.bincount(label, weights=weights)
    return max(1.0, float((sizes**2).sum() / sizes.sum()) - float((weights**2).sum() / weights.sum()) + 1.0)


def _acts_seen(rng: np.random.Generator, p_war: Floats, band: tuple[Floats, Floats] | None, draws: int) -> Floats:
    """Draws (draws,) of how many of the events are acts of war."""
    middle, *ends = (np.clip(p, 1e-9, 1 - 1e-9) for p in (p_war, *(band or (p_war, p_war))))
    below, above = (np.abs(logit(end) - logit(middle)) / _Z95 for end in ends)
    doubt = rng.standard_normal(draws)
    seen = np.zeros(draws)
    for number, log_odds in enumerate(logit(middle)):
        moved = log_odds + doubt * np.where(doubt < 0, below[number], above[number])
        seen += rng.random(draws) < expit(moved)
    return seen


def _why_not(coverage: Covered, floor: float, words: Words, *, drawn: bool) -> str:
    """Why no number may be stated, or nothing."""
    share, low = coverage.share, coverage.low
    if coverage.high <= 0:
        return (
            f"Nothing {words.near} could have been seen {words.when} under any cloud assumption: no pass was read, or "
            "the cloud table lacks these days. No number of acts can be excluded."
        )
    if not np.isfinite(share) or share <= 0:
        return (
            f"Under the first cloud assumption nothing {words.near} could have been seen {words.when}: no number of "
            "acts can be excluded."
        )
    if share < floor:
        return (
            f"Only {_percent(share)} of such acts would have been seen; this watch asks for at least {_percent(floor)} "
            "before a number is stated."
        )
    if not drawn and (not np.isfinite(low) or low <= 0):
        return "Under the least favourable cloud assumption nothing could have been seen, so no number can be excluded."
    return ""


def _sentence(seen: int, share: float, counted: str, low: float, high: float) -> str:
    events = "no event was" if seen == 0 else "one event was" if seen == 1 else f"{seen} events were"
    return (
        f"About {_percent(share)} of such acts would have been seen and {events}: "
        f"{_two_digits(low):,} to {_two_digits(high):,} acts, each counted as {counted}, are compatible with that "
        "(90 %)."
    )


def _two_digits(number: float) -> int:
    """A count as exact as such an interval is worth."""
    return int(float(f"{number:.2g}"))


def _percent(share: float) -> str:
    """A share as a person reads it."""
    return f"{100 * share:.2g} %" if np.isfinite(share) else "an unknown share"
