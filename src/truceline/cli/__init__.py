# SPDX-License-Identifier: Apache-2.0
"""The command ``truceline``: one verb, one file. Exit codes are those of docs/reference/cli.md."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

from truceline import __version__
from truceline.errors import TrucelineError
from truceline.settings import Settings

VERBS = (
    "demo",
    "init",
    "watch",
    "assess",
    "verify",
    "serve",
    "fetch",
    "coverage",
    "estimate",
    "claim",
    "terms",
    "case",
    "finding",
    "exercise",
    "log",
    "patrol",
    "queue",
    "register",
    "meeting",
    "account",
    "ladder",
    "notify",
    "drill",
)
"""Every verb's module here: ``NAME``, ``HELP``, ``arguments(parser)``, ``run(options, settings) -> int``."""

INTERRUPTED = 130
"""Exit code after Ctrl-C."""


def parser(names: Sequence[str] = VERBS) -> argparse.ArgumentParser:
    """Return the parser of the verbs named; only their modules are loaded."""
    top = argparse.ArgumentParser(prog="truceline", description="Watch a ceasefire: what was seen, and what was not.")
    top.add_argument("--version", action="version", version=f"truceline {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name in names:
        verb = import_module(f"truceline.cli.{name}")
        sub = verbs.add_parser(verb.NAME, help=verb.HELP, description=verb.HELP)
        verb.arguments(sub)
        sub.set_defaults(run=verb.run)
    return top


def _run(words: Sequence[str]) -> int:
    """Parse and run; what was printed is flushed here, where a reader who has gone is met, not at the very end."""
    named = [word for word in words[:1] if word in VERBS]
    try:
        options = parser(named or VERBS).parse_args(words)
    except SystemExit:
        sys.stdout.flush()
        raise
    code = int(options.run(options, Settings.from_environment(os.environ)))
    sys.stdout.flush()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the verb named on the command line and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except TrucelineError as error:
        print(f"truceline: {type(error).__name__}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(
            "truceline: interrupted. What was logged stays in the ledger and verifies; "
            "run the same command again to go on.",
            file=sys.stderr,
        )
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output closed it (``| head``): no error of ours; keep the interpreter from complaining.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001  the last resort: a fault of ours is told as one, with what it takes to mend it
        traceback.print_exc()
        print("truceline: this is a fault of Truceline's own, not of your data; please report it", file=sys.stderr)
        return TrucelineError.exit_code
