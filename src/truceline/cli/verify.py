# SPDX-License-Identifier: Apache-2.0
"""``truceline verify``: check a folder of results offline."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from truceline.cli._progress import teller
from truceline.errors import TrustError
from truceline.flow.published import check
from truceline.settings import Settings
from truceline.store import Audit, audit, read_vkey

NAME = "verify"
HELP = "check bodies, leaves, tree, signature and published files of a folder of results"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="results of demo, watch or assess")
    parser.add_argument("--key", required=True, metavar="VKEY", help="the verifier key, or a file that holds it")
    parser.add_argument("--replay", action="store_true", help="also run the stages again and compare every record")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on one line, last")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Say yes, or raise the error that names the record or file that fails."""
    del settings  # a stranger needs nothing of this machine
    try:
        found = audit(options.folder, read_vkey(options.key))
        files, late = _files(options.folder, found)
        same = _replay(found, options.json) if options.replay else None
    except TrustError as error:
        if options.json:
            fault = {"error": type(error).__name__, "reason": error.reason, "file": error.file, "record": error.record}
            print(json.dumps({"ok": False, **fault}))
        raise
    if options.json:
        result = {
            "ok": True,
            "size": found.size,
            "root": found.root,
            "kinds": dict(found.kinds),
            "files": files,
            "late": list(late),
        }
        print(json.dumps({**result, "replayed": same}))
        return 0
    print(f"Yes: {found.size:,} records, each body as its leaf commits to it, every leaf in the tree that was signed.")
    print(f"     root {found.root}")
    print(f"     {files} published files are those the ledger holds." if files else "     No run was finished yet.")
    if late:
        print(f"     A run was cut short while it published: {', '.join(late)} still wait beside their names, and what")
        print("     lies under these names is not of that run. Run it again.")
    if same is not None:
        print(f"     Run again, the stages made the same {same:,} records.")
    return 0


def _replay(found: Audit, quiet: bool) -> int:
    """Run the stages again."""
    from truceline.watch import replay  # noqa: PLC0415  a plain check does not load the stages

    return replay(found, teller(quiet))


def _files(folder: Path, found: Audit) -> tuple[int, tuple[str, ...]]:
    """Check the files that the newest report record names: how many, and which wait; 0 where no run was finished."""
    newest = None
    for _, kind, _, body in found.records():
        if kind == "report":
            newest = body
    return check(folder, newest, found.checkpoint) if newest else (0, ())
