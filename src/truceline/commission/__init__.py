# SPDX-License-Identifier: Apache-2.0
"""The commission: from an event to a finding that the accused can live with (docs/explanation/commission.md).

Pure. A case is what its acts add up to (:func:`fold`); each act is tried against the case and the agreement's rules
(:func:`apply`), and what is not possible says why.
"""

from truceline.commission.apply import apply, begin, fold
from truceline.commission.case import Case
from truceline.commission.rules import Rules, rules_of

__all__ = ["Case", "Rules", "apply", "begin", "fold", "rules_of"]
