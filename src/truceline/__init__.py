# SPDX-License-Identifier: Apache-2.0
"""Truceline, the open reference system for watching a ceasefire."""

__version__ = "0.1.0"
