# SPDX-License-Identifier: Apache-2.0
"""Telling people outside the centre: what is told to whom, in which form, and what became of it. It sends nothing."""

from __future__ import annotations

from truceline.dispatch.contacts import Contact, Contacts, read_contacts
from truceline.dispatch.outbox import Item, Outbox

__all__ = ["Contact", "Contacts", "Item", "Outbox", "read_contacts"]
