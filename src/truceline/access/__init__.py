# SPDX-License-Identifier: Apache-2.0
"""Who may see and do what: one table, default deny (docs/reference/access.md)."""

from truceline.access.check import Decision, Thing, decide, readable
from truceline.access.table import TABLE, check_table

__all__ = ["TABLE", "Decision", "Thing", "check_table", "decide", "readable"]
