# SPDX-License-Identifier: Apache-2.0
"""What people do, one file per noun. Each act passes the access table, the commission's rules, then the ledger."""
