# SPDX-License-Identifier: Apache-2.0
"""What can be asked of an agreement's text alone: say it in plain words, compare two drafts, find what is dangerous."""
