# SPDX-License-Identifier: Apache-2.0
"""NASA FIRMS active fires: VIIRS 375 m and MODIS 1 km, near-real-time and standard, in every form they come in."""

from __future__ import annotations

from truceline.sources.firms.reader import FAMILY, KIND, read

__all__ = ["FAMILY", "KIND", "read"]
