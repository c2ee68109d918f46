# SPDX-License-Identifier: Apache-2.0
"""The response: from a breach to what was promised beforehand, with exact clocks (docs/explanation/response.md).

Pure. A situation is what its moves add up to (:func:`fold`); each move is tried against it and the ladder
(:func:`apply`), and what is not possible says why. The program proposes; people declare, decide and act.
"""

from truceline.response.apply import apply, fold
from truceline.response.ladder import Ladder, faults, ladder_of
from truceline.response.situation import NOTHING, Situation

__all__ = ["NOTHING", "Ladder", "Situation", "apply", "faults", "fold", "ladder_of"]
