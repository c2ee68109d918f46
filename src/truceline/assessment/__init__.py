# SPDX-License-Identifier: Apache-2.0
"""Assessment: how probable it is that an event breaches a provision, under each reading, and why."""

from truceline.assessment.assess import LIT_WITHIN_HOURS, assess
from truceline.assessment.claims import Seen, judge_claims, measurable

__all__ = ["LIT_WITHIN_HOURS", "Seen", "assess", "judge_claims", "measurable"]
