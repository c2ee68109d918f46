# SPDX-License-Identifier: Apache-2.0
"""The command: verbs, options, help, exit codes, and what it says when something goes wrong."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from truceline import __version__, cli, errors
from truceline.cli import INTERRUPTED, VERBS, main, parser
from truceline.cli._progress import teller
from truceline.cli._shared import PARTLY, finished
from truceline.model.record import Rejected

OPTIONS = {
    "demo": {"--out", "--line", "--no-serve", "--port"},
    "init": {
        *(
            "--fires",
            "--line",
            "--satellite-days",
            "--cloud",
            "--claims",
            "--terms",
            "--extent",
            "--elements",
            "--title",
        ),
    },
    "watch": {"--out", "--line", "--port", "--monitors"},
    "assess": {
        *("--json", "--out", "--line", "--terms", "--events", "--notices", "--lang", "--page", "--monitors"),
    },
    "verify": {"--key", "--replay", "--json"},
    "serve": {"--port"},
    "fetch": {
        *("--address", "--every", "--again", "--timeout", "--tries", "--json"),
        *("--from", "--to", "--area", "--products", "--days", "--satellites"),
    },
    "terms": {
        "--json",
        "--schema",
        "--lang",
        "--html",
        "--observed",
        "--line",
        "--at",
        "--reading",
        "--watch",
        "--page",
    },
}
OPTIONS["estimate"] = {
    *("--from", "--to", "--area", "--act", "--against-from", "--against-to", "--json", "--out", "--line"),
}
OPTIONS["coverage"] = {
    *("--json", "--audience", "--from", "--to", "--at", "--act", "--power", "--hours", "--within", "--line", "--out"),
}
OPTIONS["case"] = {"--as", "--out", "--json", "--reason", "--set", "--data"}
OPTIONS["finding"] = {"--as", "--out", "--json"}
OPTIONS["log"] = {"--as", "--out", "--json", "--again", "--reason", "--about", "--history", "--last", "--note"}
OPTIONS["queue"] = {"--as", "--out", "--json"}
OPTIONS["patrol"] = {"--as", "--out", "--json", "--every", "--place", "--what", "--state", "--reason"}
OPTIONS["register"] = {
    *("--as", "--out", "--json", "--reason", "--on", "--known", "--page"),
    *("--source", "--url", "--published", "--state", "--kind", "--step"),
}
OPTIONS["meeting"] = {"--as", "--out", "--json", "--reason", "--on", "--known", "--page"}
OPTIONS["exercise"] = {"--json", "--out", "--watch"}
OPTIONS["account"] = {
    *("--json", "--role", "--of", "--seat", "--clearance", "--aligned", "--subject", "--people"),
    *("--for", "--scope", "--days"),
}
OPTIONS["claim"] = {
    *("--text", "--text-file", "--who", "--accused", "--what", "--count", "--where", "--from", "--to"),
    *("--sheet", "--for", "--json", "--lang", "--out", "--line"),
}
OPTIONS["ladder"] = {"--as", "--out", "--json", "--reason", "--set", "--data", "--response", "--had", "--page"}
OPTIONS["notify"] = {"--as", "--out", "--json", "--office", "--code", "--totp"}
for _verb in ("case", "finding", "log", "queue", "patrol", "ladder", "notify", "register", "meeting", "serve"):
    OPTIONS[_verb] = OPTIONS[_verb] | {"--drill"}
OPTIONS["drill"] = {"--as", "--json", "--name"}
PARTS = {
    "fetch": ("firms", "elements"),
    "claim": ("check",),
    "terms": ("diff", "explain", "lint", "validate", "states"),
    "case": ("open", "notify", "approve", "reply", "vote", "close", "do", "show", "list"),
    "finding": ("show",),
    "exercise": ("run",),
    "account": ("import", "list", "add", "change", "disable", "enable", "password", "totp", "token"),
    "log": ("add", "correct", "ask", "answer", "list", "handover", "takeover"),
    "register": ("list", "as-of", "show", "one-sided", "add", "stage", "withdraw", "strike"),
    "meeting": ("list", "show", "add"),
    "patrol": ("depart", "check-in", "return", "mine", "mine-over", "list"),
    "ladder": ("show", "declare", "acknowledge", "decide", "do", "replay"),
    "notify": ("status", "send", "show", "ack", "retry", "call", "called", "confirm"),
    "drill": ("start", "end", "status"),
}
"""Verbs of several words: what may follow the first."""

NEEDED = {
    "demo": [],
    "init": ["D", "--fires", "f", "--line", "l"],
    "watch": ["D"],
    "assess": ["D"],
    "verify": ["D", "--key", "k"],
    "serve": ["D"],
    "fetch": ["firms", "D"],
    "coverage": ["D"],
    "estimate": ["D"],
    "claim": ["check", "D"],
    "terms": ["validate", "D"],
    "case": ["list", "D", "--as", "anna"],
    "finding": ["show", "D", "--as", "anna"],
    "exercise": ["run", "F"],
    "account": ["list", "D"],
    "log": ["list", "D", "--as", "wanda"],
    "patrol": ["list", "D", "--as", "wanda"],
    "queue": ["D", "--as", "wanda"],
    "register": ["list", "D"],
    "meeting": ["list", "D"],
    "ladder": ["show", "D", "--as", "wanda"],
    "notify": ["status", "D", "--as", "wanda"],
    "drill": ["status", "D", "--as", "wanda"],
}


def raising(monkeypatch, error):
    """Let the verb ``assess`` raise ``error``."""

    def run(*_):
        raise error

    monkeypatch.setattr("truceline.cli.assess.run", run)
    return main(["assess", "x"])


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_takes_what_the_docs_list(verb, repository):
    text = (repository / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| `truceline {verb}"))
    assert set(re.findall(r"`(--[a-z-]+)", row)) == OPTIONS[verb]


@pytest.mark.parametrize("verb", VERBS)
def test_help_names_every_option_and_exits_at_nought(verb, capsys):
    told = ""
    for part in PARTS.get(verb, ("",)):
        with pytest.raises(SystemExit) as caught:
            main([verb, *([part] if part else []), "--help"])
        assert caught.value.code == 0
        told += capsys.readouterr().out
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", told)) == OPTIONS[verb] | {"--help"}


def test_help_names_every_verb_with_what_it_does(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    for verb in VERBS:
        assert sys.modules[f"truceline.cli.{verb}"].HELP in told


def test_the_version_is_the_package_s(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"truceline {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["demo", "more"],
        ["init"],
        ["init", "D"],
        ["init", "D", "--fires", "f"],
        ["init", "D", "--line", "l"],
        ["verify", "D"],
        ["verify", "--key", "k"],
        ["serve"],
        ["assess", "D", "--jason"],
        ["serve", "D", "--port", "abc"],
        ["serve", "D", "--port"],
        ["demo", "--port", "1.5"],
    ],
)
def test_wrong_words_are_usage_and_exit_at_two(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "usage: truceline" in told.err


@pytest.mark.parametrize("verb", VERBS)
def test_one_verb_is_parsed_as_among_all(verb):
    words = [verb, *NEEDED[verb]]
    assert vars(parser([verb]).parse_args(words)) == vars(parser().parse_args(words))


def test_defaults_are_those_of_the_docs():
    found = parser().parse_args(["demo"])
    assert (str(found.out), found.line, found.no_serve, found.port) == ("out/easter-truce-2026", None, False, 8765)
    assert parser().parse_args(["assess", "D"]).out is None
    found = parser().parse_args(["verify", "D", "--key", "k"])
    assert (found.replay, found.json) == (False, False)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.Malformed, 3),
        (errors.NoTime, 3),
        (errors.LimitExceeded, 3),
        (errors.UnknownFormat, 3),
        (errors.BadSignature, 1),
        (errors.ReplayMismatch, 1),
        (errors.FileMismatch, 1),
        (errors.StateError, 5),
        (errors.UnavailableError, 6),
        (errors.ConfigError, 2),
        (errors.TrucelineError, 70),
    ],
)
def test_an_error_is_one_line_with_its_place_and_its_code(monkeypatch, capsys, error, code):
    assert raising(monkeypatch, error("the reason", file="some.csv", line=7)) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"truceline: {error.__name__}: some.csv:7: the reason\n"


def test_control_c_says_how_to_go_on(monkeypatch, capsys):
    assert raising(monkeypatch, KeyboardInterrupt()) == INTERRUPTED == 130
    told = capsys.readouterr().err
    assert "interrupted" in told
    assert "run the same command again" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("odd"), OSError("disk"), RecursionError(), MemoryError()])
def test_a_fault_of_ours_is_told_as_one_with_its_traceback(monkeypatch, capsys, error):
    assert raising(monkeypatch, error) == 70
    told = capsys.readouterr().err
    assert "Traceback (most recent call last)" in told
    assert type(error).__name__ in told
    assert told.endswith("this is a fault of Truceline's own, not of your data; please report it\n")


def test_the_code_of_the_verb_is_the_command_s(monkeypatch):
    for code in (0, 4, True):
        monkeypatch.setattr("truceline.cli.assess.run", lambda *_, code=code: code)
        assert main(["assess", "x"]) == int(code)


def test_without_words_given_the_command_line_counts(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["truceline", "serve", "D", "--port", "5"])
    seen = []
    monkeypatch.setattr("truceline.cli.serve.run", lambda options, _: seen.append(options.port) or 0)
    assert main() == 0
    assert seen == [5]


def test_the_environment_reaches_the_verb(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setenv("TRUCELINE_KEYS", str(tmp_path))
    monkeypatch.setattr("truceline.cli.assess.run", lambda _, settings: seen.append(settings.key_dir) or 0)
    main(["assess", "x"])
    assert seen == [tmp_path]


@pytest.mark.parametrize("words", [["--help"], ["init", "--help"], ["--version"]])
def test_a_reader_who_has_gone_is_no_error(words):
    """``| true``: the pipe is closed before anything is written."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "truceline", *words], stdout=gone, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 0
    assert done.stderr == b""


class Gone(io.StringIO):
    """Standard output whose reader has gone: it takes words and fails when they must leave."""

    def __init__(self, descriptor):
        super().__init__()
        self.descriptor = descriptor

    def flush(self):
        raise BrokenPipeError

    def fileno(self):
        return self.descriptor


def test_output_that_nobody_reads_is_met_inside_the_command(monkeypatch, tmp_path):
    with (tmp_path / "sink").open("wb") as sink:
        monkeypatch.setattr(sys, "stdout", Gone(sink.fileno()))
        monkeypatch.setattr("truceline.cli.assess.run", lambda *_: 0)
        assert main(["assess", "x"]) == 0


def test_an_error_is_told_also_where_nobody_reads_the_output(monkeypatch, tmp_path, capsys):
    with (tmp_path / "sink").open("wb") as sink:
        monkeypatch.setattr(sys, "stdout", Gone(sink.fileno()))
        assert raising(monkeypatch, errors.StateError("not now")) == 5
    assert "not now" in capsys.readouterr().err


def test_a_quiet_teller_says_nothing_and_the_other_speaks_on_standard_error(capsys):
    teller(True)("one")
    assert capsys.readouterr() == ("", "")
    teller(False)("two")
    told = capsys.readouterr()
    assert told.out == ""
    assert re.fullmatch(r" +\d+\.\d s  two\n", told.err)


@pytest.mark.parametrize(("count", "lines"), [(0, 0), (1, 1), (5, 5), (6, 6), (1234, 6)])
def test_rejected_rows_are_told_up_to_five_and_then_counted(capsys, count, lines):
    rejected = tuple(Rejected("firms", "f.csv", number, "why", "") for number in range(count))
    assert finished(SimpleNamespace(rejected=rejected)) == (PARTLY if count else 0)
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == lines
    if count > 5:
        assert f"and {count - 5:,} more" in told.err


def test_verbs_are_all_the_modules_there_are():
    here = Path(cli.__file__).parent.glob("*.py")
    assert {path.stem for path in here if not path.stem.startswith("_")} == set(VERBS)
