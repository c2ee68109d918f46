# SPDX-License-Identifier: Apache-2.0
"""Floor 2, pure: worlds with known truth, as tables and as the bytes real sources send."""

from truceline.simulate.truce import SCENARIOS, Rates, rates, truce
from truceline.simulate.world import Scenario

__all__ = ["SCENARIOS", "Rates", "Scenario", "rates", "truce"]
