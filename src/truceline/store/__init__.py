# SPDX-License-Identifier: Apache-2.0
"""Where records are kept: one door in (``Store.append``), one look from outside (``audit``)."""

from truceline.store.audit import Audit, audit
from truceline.store.door import Store
from truceline.store.keys import read_vkey

__all__ = ["Audit", "Store", "audit", "read_vkey"]
