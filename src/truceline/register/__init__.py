# SPDX-License-Identifier: Apache-2.0
"""The register of commitments and meetings: what was promised, as of any day, as it was known at any time.

Pure. A register is what its postings add up to (:class:`Register`). Two times are kept apart: *on*, from when
something holds in the world, and *at*, since when the register knows it.
"""

from truceline.register.book import Register
from truceline.register.standing import Standing
from truceline.register.view import View

__all__ = ["Register", "Standing", "View"]
