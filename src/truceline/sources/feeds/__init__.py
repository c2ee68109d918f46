# SPDX-License-Identifier: Apache-2.0
"""Feeds that are asked for over the network. What they bring is read like any file a user gives."""
