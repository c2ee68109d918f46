# SPDX-License-Identifier: Apache-2.0
"""How the probability that an event was an act of war is shown: never without its band, often as *cannot tell*."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truceline.model.event import Events
from truceline.model.taxonomy import icd203
from truceline.reports.calibrated import NOT_CALIBRATED, uncalibrated
from truceline.reports.formats import NBSP, percent, percent_range
from truceline.reports.words import CANNOT_TELL

TOO_WIDE = 0.5
"""A 90 % band of P(act of war) wider than this says *cannot tell*, not the word of its middle."""


@dataclass(frozen=True)
class Belief:
    """What is shown of the probability that an event was an act of war."""

    word: str
    """The ICD 203 word, ``cannot tell``, or ``not calibrated``: then nothing is shown."""

    figure: str
    """The number with its 90 % band, ``27 % (5 to 40 %)``; the band alone where it says nothing; may be empty."""

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.word}{NBSP}({self.figure})" if self.figure else self.word


def belief(events: Events, i: int) -> Belief:
    """Return word and figure for event ``i``; a probability is never shown without its band where it has one."""
    war = events.p_act.get("act_of_war")
    if uncalibrated(events)[i]:
        return Belief(NOT_CALIBRATED, "")
    if war is None or np.isnan(war[i]):
        return Belief(CANNOT_TELL, "")
    low, high = (events.attributes.get(name) for name in ("band_low", "band_high"))
    middle = float(war[i])
    if low is None or high is None or low[i] is None or high[i] is None:
        return Belief(icd203(round(middle, 2)), percent(middle))
    span = percent_range(float(low[i]), float(high[i]))
    if float(high[i]) - float(low[i]) > TOO_WIDE:
        return Belief(CANNOT_TELL, span)
    return Belief(icd203(round(middle, 2)), f"{percent(middle)}, 90{NBSP}%: {span}")
