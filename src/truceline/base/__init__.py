# SPDX-License-Identifier: Apache-2.0
"""Floor 0: time, units, geometry, identifiers, canonical JSON, bounded readers."""
