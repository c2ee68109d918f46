# SPDX-License-Identifier: Apache-2.0
"""The tamper-evident ledger as mathematics: bytes in, verdicts out. No file, clock or randomness in here.

``leaf`` commits to a record, ``merkle`` makes the RFC 6962 tree, ``checkpoint`` and ``note`` are its signed head
(C2SP tlog-checkpoint, signed-note), ``tiles`` its published form (C2SP tlog-tiles), ``verify`` the argument that a
folder holds what was signed. It imports only ``base`` and ``errors``, so that a stranger can audit it alone.
"""
