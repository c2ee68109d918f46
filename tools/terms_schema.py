# SPDX-License-Identifier: Apache-2.0
"""Write src/truceline/terms/schema.json from its one description; a test holds them equal."""

from __future__ import annotations

import json
from pathlib import Path

from truceline.terms import json_schema


def main() -> None:
    """Write the file."""
    target = Path(__file__).parents[1] / "src/truceline/terms/schema.json"
    target.write_text(json.dumps(json_schema(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
