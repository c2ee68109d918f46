# SPDX-License-Identifier: Apache-2.0
"""The API's forms: what a request may hold and what an answer holds. Server and client share them."""
