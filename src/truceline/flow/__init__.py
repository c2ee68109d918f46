# SPDX-License-Identifier: Apache-2.0
"""The pieces of the flow that :mod:`truceline.watch` tells in order."""
