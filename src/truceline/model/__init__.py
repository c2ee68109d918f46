# SPDX-License-Identifier: Apache-2.0
"""Floor 1: the vocabulary (MISSION glossary), as frozen dataclasses and columns."""
