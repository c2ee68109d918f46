# SPDX-License-Identifier: Apache-2.0
"""``python -m truceline`` is the command ``truceline``."""

import sys

from truceline.cli import main

sys.exit(main())
